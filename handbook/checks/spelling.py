"""Spelling: each word is in the dictionary of its language, in its list of words, or a name.

The dictionaries are Hunspell's, one process for each. A list has the words that they lack, one a line with the reason:
docs/words.txt for English, locale/<language>/words.txt for another language. The list of another language need not
repeat names: words with a capital in the English list, or inside a sentence of the English text, which is checked too.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import NamedTuple

from babel.core import get_global

from handbook.checks import Finding, prose
from handbook.checks.prose import NOT_WORDS, QUOTED, WORD, find_words, strip_accents, strip_markup
from handbook.data_files import find_key_line, read_text
from handbook.programs import run_program
from handbook.sphinxext import languages, terms
from handbook.translation import catalogues

WITHOUT_ITALICS = ("snippets/", "docs/_drawings/")  # their texts cannot mark a foreign word with italics
SENTENCE_START = re.compile(r"(^|[.?!…:(\[“*])\s*$")
# Spanish attaches pronouns to an imperative, with an accent (sube: súbelo); its dictionary has few of these forms.
VERB_WITH_PRONOUN = {"es": re.compile(r"(\w*[áéíóú]\w+?)(?:me|te|se|l[oa]s?|les?|nos)")}
MAX_SUGGESTIONS = 5
COMBINING_ACCENTS = "\u0300\u0301\u0302\u0303\u0308\u0327"


class LocatedText(NamedTuple):
    text: str
    path: str
    line: int
    quoted: bool = False


@dataclass
class LanguageWords:
    """A language of the site: its words, its list {word: (line, reason)}, and the names that it need not list."""

    code: str
    words: list[LocatedText]
    listed: dict[str, tuple[int, str]]
    names: set[str]
    complete: bool  # everything is translated, so no future text needs a listed word
    unknown: frozenset[str] = frozenset()  # the words of the whole site that this language does not have

    @property
    def path(self) -> str:
        return word_list_path(self.code)


def check_spelling(root: Path) -> Iterator[Finding]:
    site_languages = load_languages(root)
    all_words = {word.text for language in site_languages for word in language.words}
    checked = []
    for language in site_languages:
        try:
            language.unknown = find_unknown(language, all_words)
            checked.append(language)
        except LookupError as error:
            if languages.is_finished(language.code, root):
                yield Finding(language.path, 0, str(error))
    for language in checked:
        yield from check_word_list(language)
        yield from check_words(language, checked)


def load_languages(root: Path) -> list[LanguageWords]:
    """Return the languages of the site, English first. Raises DataError."""
    texts, codes = list(list_english_texts(root)), catalogues.list_target_languages(root)
    heads = [head for code in codes for head, _word in list_glossary_texts(root, code)]
    found = [LanguageWords("en", split_words([*texts, *heads]), load_word_list(root, "en"), set(), complete=True)]
    proper = find_proper_nouns(texts) | {word for word in found[0].listed if not word.islower()}
    for code in codes:
        done = {entry.msgid for _path, entry in prose.iterate_entries(root, code)}
        complete = done.issuperset(text.text for text in texts)
        own = split_words(list_translated_texts(root, code, texts))
        found.append(LanguageWords(code, own, load_word_list(root, code), proper, complete))
    return found


def find_unknown(language: LanguageWords, all_words: set[str]) -> frozenset[str]:
    """Return the words of all_words, and of the accented variants of its list, that a language does not have."""
    twins = {twin for word in language.listed for twin in list_accented_variants(word)}
    listed = {form for word in language.listed for form in (word, word.capitalize(), word.upper())}
    orders = find_imperatives(language.code, all_words)
    missing = find_misspelled(dictionary_name(language.code), frozenset(all_words | twins | set(orders.values())))
    return missing - language.names - listed - {word for word, order in orders.items() if order not in missing}


def find_imperatives(code: str, words: set[str]) -> dict[str, str]:
    """Return {"súbelo": "sube"}: each word that may be an imperative with pronouns, and its imperative."""
    matches = {word: VERB_WITH_PRONOUN[code].fullmatch(word) for word in words} if code in VERB_WITH_PRONOUN else {}
    return {word: strip_accents(match[1]) for word, match in matches.items() if match}


def list_english_texts(root: Path) -> Iterator[LocatedText]:
    for template in catalogues.load_templates(root).values():
        for message in template:
            source, line = message.locations[0] if message.id and message.locations else ("", 0)
            if source.startswith(("docs/", "snippets/", "handbook/")):  # the others are the theme's
                yield LocatedText(str(message.id), source, line)


def list_translated_texts(root: Path, code: str, texts: list[LocatedText]) -> Iterator[LocatedText]:
    """Yield each translation of a language; texts: the English ones."""
    plain_texts = {text.text for text in texts if text.path.startswith(WITHOUT_ITALICS)}
    for path, entry in prose.iterate_entries(root, code):
        if not prose.is_copied(entry):
            yield LocatedText(entry.msgstr, path, entry.linenum or 0, quoted=entry.msgid in plain_texts)
    yield from (word for _head, word in list_glossary_texts(root, code))


def list_glossary_texts(root: Path, code: str) -> Iterator[tuple[LocatedText, LocatedText]]:
    """Yield each term of a glossary, in English and in the language."""
    file = f"locale/{code}/terms.toml"
    text = read_text(root, file)
    for term, word in terms.load_terms(root, code)["words"].items():
        head = LocatedText(term, file, find_key_line(text, "words", term))
        yield head, head._replace(text=f"{word[code]} {word.get('note', '')}")


def split_words(texts: Iterable[LocatedText]) -> list[LocatedText]:
    """Return each word as a text of its own; a quoted one (italics, quotes) may be of any language of the site."""
    found = []
    for text in texts:
        written = strip_markup(text.text)
        quoted = written if text.quoted else " ".join(QUOTED.findall(written))
        own = "" if text.quoted else QUOTED.sub(" ", written)
        found += [text._replace(text=word, quoted=True) for word in find_words(quoted)]
        found += [text._replace(text=word) for word in find_words(own)]
    return found


def find_proper_nouns(texts: list[LocatedText]) -> set[str]:
    """Return the words with a capital inside a sentence, or after their first letter."""
    found = set()
    for text in texts:
        written = NOT_WORDS.sub(" ", strip_markup(text.text))
        for match in WORD.finditer(written):
            (word,) = find_words(match[0])
            if not word[1:].islower() or (word[0].isupper() and not SENTENCE_START.search(written[: match.start()])):
                found.add(word)
    return found


def word_list_path(code: str) -> str:
    return "docs/words.txt" if code == "en" else f"locale/{code}/words.txt"


def load_word_list(root: Path, code: str) -> dict[str, tuple[int, str]]:
    lines = read_text(root, word_list_path(code)).splitlines()
    entries = [(number, line.partition("#")) for number, line in enumerate(lines, 1)]
    return {word.strip(): (number, why.strip()) for number, (word, _hash, why) in entries if word.strip()}


def check_word_list(language: LanguageWords) -> Iterator[Finding]:
    """Yield a finding for each listed word that has no reason, is not used, or hides a missing accent."""
    used = {word.text for word in language.words}
    for word, (line, why) in language.listed.items():
        if not why:
            yield Finding(language.path, line, f"“{word}” has no reason: write it after a #.")
        if language.complete and not used & {word, word.capitalize(), word.upper()}:
            yield Finding(language.path, line, f"“{word}”: no text of the site needs it. Delete the line.")
        for twin in sorted(list_accented_variants(word) - language.unknown):
            advice = f"“{word}” is “{twin}” without its accent: correct the text, and delete the line."
            yield Finding(language.path, line, advice)


def list_accented_variants(word: str) -> set[str]:
    """Return every spelling of a word with one accent more."""
    found = set()
    for place, letter in enumerate(word):
        for accent in COMBINING_ACCENTS:
            composed = unicodedata.normalize("NFC", letter + accent)
            if len(composed) == 1:
                found.add(word[:place] + composed + word[place + 1 :])
    return found


def check_words(language: LanguageWords, site_languages: list[LanguageWords]) -> Iterator[Finding]:
    nowhere = frozenset.intersection(*(other.unknown for other in site_languages))
    found = [word for word in language.words if word.text in (nowhere if word.quoted else language.unknown)]
    proposed = find_suggestions(dictionary_name(language.code), {word.text for word in found})
    for word in found:
        foreign = [] if word.text in nowhere else [f"*{word.text}*"]
        listed = get_close_matches(word.text, language.names | language.listed.keys(), 1, 0.8)
        close = [f"“{right}”" for right in (*foreign, *listed, *proposed.get(word.text, []))]
        write = f"write {' or '.join(close[:MAX_SUGGESTIONS])}" if close else "correct it"
        advice = f"“{word.text}” is not in the dictionary: {write}, or add it to {language.path} with the reason."
        yield Finding(word.path, word.line, advice)


def dictionary_name(code: str) -> str:
    """Return the name of a language's dictionary, with its most likely country: en_US for en, es_ES for es."""
    return code if "_" in code else f"{code}_{get_global('likely_subtags')[code].split('_')[-1]}"


@cache
def find_misspelled(name: str, words: frozenset[str]) -> frozenset[str]:
    return frozenset(run_hunspell(name, "-l", words).split())


def find_suggestions(name: str, words: set[str]) -> dict[str, list[str]]:
    found = re.findall(r"^& (\S+) [^:]+: (.+)$", run_hunspell(name, "-a", words) if words else "", re.MULTILINE)
    return {word: close.split(", ") for word, close in found}


def run_hunspell(name: str, option: str, words: set[str] | frozenset[str]) -> str:
    """Return what Hunspell prints, without the user's own word list. Raises LookupError if it lacks the dictionary."""
    command = ["hunspell", option, "-d", name, "-i", "utf-8", "-p", "/dev/null"]
    result = run_program(command, input="\n".join(sorted(words)), capture_output=True, encoding="utf-8")
    if result.returncode:
        package = name.lower().replace("_", "-")
        raise LookupError(f"Hunspell has no dictionary {name}: install its package, such as hunspell-{package}.")
    return result.stdout
