"""Terms: each language has one name for a thing, one register and one typography: those of its terms.toml."""

import re
from collections.abc import Iterator
from pathlib import Path

import polib

from handbook.checks import Finding
from handbook.checks.prose import iterate_entries, strip_markup
from handbook.sphinxext import terms
from handbook.translation import catalogues

# Words in italics or « » are foreign, and are skipped; “ ” are kept, so that [never] can forbid these marks.
FOREIGN = re.compile(r"\*[^*]+\*|«[^»]*»")


def check_terms(root: Path) -> Iterator[Finding]:
    for language in catalogues.list_target_languages(root):
        vocabulary = terms.load_terms(root, language)
        for path, entry in iterate_entries(root, language):
            yield from check_entry(path, entry, vocabulary, language)


def check_entry(path: str, entry: polib.POEntry, vocabulary: dict, language: str) -> Iterator[Finding]:
    english, translated = (FOREIGN.sub(" ", strip_markup(text)) for text in (entry.msgid, entry.msgstr))
    for term, word in vocabulary["words"].items():
        for avoided in word.get("avoid", ()):
            match = re.search(avoided, translated, re.IGNORECASE)
            if match and terms.term_pattern(term).search(english):
                advice = f'«{match[0]}» for "{term}": write «{word[language]}», as the glossary does.'
                yield Finding.of_entry(path, entry, advice)
    for avoided, instead in vocabulary["never"].items():
        if match := re.search(avoided, translated, re.IGNORECASE):
            yield Finding.of_entry(path, entry, f"«{match[0].strip()}»: write {instead}.")
