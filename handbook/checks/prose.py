"""Prose: what a person wrote in a text, without its code, targets of links and substitutions."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import polib

from handbook.translation import catalogues

ROLE = r"\{[\w:+-]+\}"  # the name of a role, before its text
# The title that a role such as {ref} may show is prose; its target is not, and neither are the markers of bold type.
TITLED_ROLE = re.compile(ROLE + r"`([^`<]+)<[^>]+>`")
NOT_PROSE = re.compile(ROLE + r"`[^`]*`|`[^`]*`|(?<=\])\([^)]*\)|<https?:[^>]*>|\{\{.*?\}\}|[*]{2}")
# Text in italics or quotes is foreign, or the output of a program.
QUOTED = re.compile(r"\*[^*]+\*|«[^»]*»|“[^”]*”")
# Addresses, names of files, versions (app.py, heroku-26, $PORT), placeholders, entities.
NOT_WORDS = re.compile(r"\w+:/+\S*|[\w-]+(?:[.:/_@=]+\w[\w-]*)+|[\w-]*\d[\w-]*|\$\{?\w+\}?|%\(\w+\)s|&#?\w+;")
WORD = re.compile(r"[^\W\d_]{2,}(?:['’][^\W\d_]+)*")
# The full stop of these ends no sentence.
ABBREVIATION = re.compile(r"\b(?:e\.g|i\.e|vs|p\. ?ej|EE\. ?UU|n)\.", re.IGNORECASE)


def strip_accents(word: str) -> str:
    """Return a word without its accents."""
    letters = (letter for letter in unicodedata.normalize("NFD", word) if unicodedata.category(letter)[0] != "M")
    return unicodedata.normalize("NFC", "".join(letters))


def strip_markup(text: str, code: str = " ") -> str:
    """Return a text with `code` in the place of each code span, role, target, substitution."""
    return NOT_PROSE.sub(lambda found: "" if found[0] == "**" else code, TITLED_ROLE.sub(r"\1", text))


def find_words(text: str) -> list[str]:
    """Return the words of prose, "app's" as "app"."""
    return [re.sub(r"['’]s$", "", word) for word in WORD.findall(NOT_WORDS.sub(" ", text))]


def describe_difference(added: Iterable[str], missing: Iterable[str]) -> str:
    """Return the first half of an advice: the words that a translation has added, and those that it lacks."""
    parts = ((added, "not in the English sentence"), (missing, "missing"))
    named = [(" and ".join(f'"{word}"' for word in sorted(set(words))), what) for words, what in parts]
    return ", ".join(f"{words} {'are' if ' and ' in words else 'is'} {what}" for words, what in named if words)


def is_copied(entry: polib.POEntry) -> bool:
    """Return whether a translation is the English, unlike a text of names or of one word, which may be the same."""
    own = find_words(QUOTED.sub(" ", strip_markup(entry.msgid)))
    return entry.msgstr == entry.msgid and len(own) > 1 and any(word.islower() for word in own)


def iterate_entries(root: Path, language: str) -> Iterator[tuple[str, polib.POEntry]]:
    """Yield (path relative to root, entry) for each translation; a catalogue that cannot be read is skipped."""
    for path in sorted((root / "locale" / language / "LC_MESSAGES").rglob("*.po")):
        for entry in _load_catalogue(path, path.stat().st_mtime_ns):
            yield path.relative_to(root).as_posix(), entry


@cache
def _load_catalogue(path: Path, _written: int) -> list[polib.POEntry]:
    """Return the translations of a catalogue; cached by the time of its last change, because parsing is slow."""
    return [] if any(catalogues.find_problems(path)) else polib.pofile(str(path), wrapwidth=0).translated_entries()
