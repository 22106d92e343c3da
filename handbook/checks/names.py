"""Names: each name of an English sentence is in its translation, and a translation has no other.

A name is a word with a capital inside a sentence (Gunicorn, GitHub, TLS), a code (H10, heroku-26) or the name of a file
(app.py), outside code. Such a word is also a name at the beginning of a sentence. A translation may write differently:

- months, days, languages and countries, by their names in CLDR;
- a term of the glossary;
- [names] of locale/<language>/terms.toml, with what they become;
- a subject: a translation may add a name from the last few sentences; one under `added` there, anywhere.
"""

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from babel import Locale

from handbook.checks import Finding
from handbook.checks.prose import ABBREVIATION, describe_difference, iterate_entries, strip_accents, strip_markup
from handbook.sphinxext import terms
from handbook.translation import catalogues

# A word with the parts attached to it (Node.js, Flask-Migrate, app.py, pip@26), without a possessive.
WORD = re.compile(r"[^\W_][\w+]*(?:[-.@_][^\W_][\w+]*)*")
CODE_PLACEHOLDER = "\x00"  # stands for a code span
SENTENCE_START = re.compile(r"(?:^|[.?!…:|/(\[“«‘\"*—–>=])[\s*()\[“«‘\"¿¡»”’']*$")
TITLE_CASE_CATALOGUES = {"sphinx"}  # the theme writes Titles Like This, so a capital does not mark a name
CONTEXT_SENTENCES = 3  # from so many sentences before, a translation may repeat a name
VERB_ENDINGS = ("", "s", "es", "d", "ed", "ing")  # of verbs, which begin labels and titles with a capital: Connect
MIN_STEM = 3  # the fewest first letters that forms of a word share: "inglés" and "inglesa", "enero"


def check_names(root: Path) -> Iterator[Finding]:
    for language in catalogues.list_target_languages(root):
        entries = [pair for pair in iterate_entries(root, language) if Path(pair[0]).stem not in TITLE_CASE_CATALOGUES]
        known = find_english_names(entry.msgid for _path, entry in entries)
        local = LocalNames(root, language)
        for path, of_page in groupby(entries, key=itemgetter(0)):
            above: deque[str] = deque(maxlen=CONTEXT_SENTENCES)
            for _path, entry in of_page:
                if advice := compare_names(entry.msgid, entry.msgstr, known, local, above):
                    yield Finding.of_entry(
                        path, entry, f"{advice}: copy the name, or add it to [names] of {local.file}."
                    )
                above.append(entry.msgid)


def find_english_names(texts: Iterable[str]) -> set[str]:
    """Return the names in English texts, except those that are more often ordinary words: May, Connect."""
    found: Counter[str] = Counter()
    ordinary: Counter[str] = Counter()
    for text in texts:
        for word, is_name in tag_words(text):
            (found if is_name else ordinary)[word] += 1
    return {word for word in found if found[word] > sum(ordinary[word.lower() + ending] for ending in VERB_ENDINGS)}


@cache
def tag_words(text: str) -> list[tuple[str, bool]]:
    """Return each word of a text's prose, and whether it is a name by its form or its place."""
    tagged = []
    written = ABBREVIATION.sub(lambda found: "x" * len(found[0]), strip_markup(text, CODE_PLACEHOLDER))
    for match in WORD.finditer(written):
        word = match[0]
        mixed = word[0].isalpha() and re.search(r"\d|[.@]", word)
        capital = word[0].isupper() and len(word) > 1 and not SENTENCE_START.search(written[: match.start()])
        tagged.append((word, bool(mixed or capital or any(map(str.isupper, word[1:])))))
    return tagged


class LocalNames:
    """The names that a language writes differently from English."""

    def __init__(self, root: Path, language: str):
        self.file = f"locale/{language}/terms.toml"
        vocabulary = terms.load_terms(root, language)
        self.terms = [terms.term_pattern(term) for term in vocabulary["words"]]
        self.names = dict(vocabulary["names"])
        self.added = set(self.names.pop("added", ()))
        self.names |= load_cldr_names(language)

    def has_name(self, name: str, written: Iterable[str]) -> bool:
        """Return whether a translation has the local form of an English name, or terms.py checks it as a term."""
        other = self.names.get(name)
        of_glossary = any(term.fullmatch(name) for term in self.terms)
        return of_glossary or bool(other and any(is_inflection(word, other) for word in written))

    def may_add(self, name: str, english: Iterable[str]) -> bool:
        others = [self.names[word] for word in english if word in self.names]
        return name in self.added or any(is_inflection(name, other) for other in others)


@cache
def load_cldr_names(language: str) -> dict[str, str]:
    """Return {English: local} for months, days, languages and countries of one word."""
    english, local = Locale("en"), Locale.parse(language)
    pairs: list[tuple[Mapping, Mapping]] = [(list_days_and_months(english), list_days_and_months(local))]
    pairs += [(english.languages, local.languages), (english.territories, local.territories)]
    found = {theirs[key]: ours[key] for theirs, ours in pairs for key in theirs if key in ours}
    return {name: other for name, other in found.items() if " " not in name}


def list_days_and_months(locale: Locale) -> dict[tuple[str, int], str]:
    kinds = {"months": locale.months, "days": locale.days}
    return {(kind, number): name for kind, found in kinds.items() for number, name in found["format"]["wide"].items()}


def is_inflection(word: str, other: str) -> bool:
    """Return whether a word is another or a form of it: "inglesa" of "inglés"."""
    return strip_accents(word.casefold()).startswith(strip_accents(other.casefold())[: max(MIN_STEM, len(other) - 2)])


def compare_names(english: str, translated: str, known: set[str], local: LocalNames, above: Iterable[str] = ()) -> str:
    """Return what to correct in the names of a translation, "" for nothing; above: the English texts above it."""
    ours, theirs = (Counter(word for word, _is_name in tag_words(text)) for text in (english, translated))
    names, spoken = (
        dict.fromkeys(word for word, is_name in tag_words(text) if is_name or word in known)
        for text in (english, translated)
    )
    missing = [name for name in names if not theirs[name] and not local.has_name(name, theirs)]
    recent = {word for text in above for word, _is_name in tag_words(text)}
    added = [name for name in spoken if not ours[name] and name not in recent and not local.may_add(name, ours)]
    # One name too seldom and another too often: the translation has one in the place of the other.
    fewer = [name for name in names if 0 < theirs[name] < ours[name]]
    more = [name for name in spoken if 0 < ours[name] < theirs[name]]
    if fewer and more and not missing and not added:
        return f'"{more[0]}" stands where the English has "{fewer[0]}"'
    return describe_difference(added, missing)
