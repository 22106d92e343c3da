"""Terms: each language calls a thing by the name that its terms.toml gives it."""

import re
from collections.abc import Iterator
from pathlib import Path

import catalogues
import polib
import terms

from tests.gates import Finding

# Code, roles, links' targets, substitutions and words in italics or quotes are not this language's words.
NOT_WORDS = re.compile(r"\{[\w:+-]+\}`[^`]*`|`[^`]*`|\]\([^)]*\)|<https?:[^>]*>|\{\{.*?\}\}|\*[^*]+\*|«[^»]*»|“[^”]*”")


def gate(root: Path) -> Iterator[Finding]:
    for language in catalogues.languages(root):
        vocabulary = terms.read(root, language)
        folder = root / "locale" / language / "LC_MESSAGES"
        for path in sorted(folder.rglob("*.po")):
            for entry in polib.pofile(str(path), wrapwidth=0):
                if entry.msgstr and not entry.obsolete:
                    yield from found(path.relative_to(root).as_posix(), entry, vocabulary, language)


def found(path: str, entry: polib.POEntry, vocabulary: dict, language: str) -> Iterator[Finding]:
    english, translated = (NOT_WORDS.sub(" ", text) for text in (entry.msgid, entry.msgstr))
    for term, word in vocabulary["words"].items():
        for avoided in word.get("avoid", ()):
            match = re.search(avoided, translated, re.IGNORECASE)
            if match and terms.pattern(term).search(english):
                advice = f'«{match[0]}» for "{term}": the glossary says «{word[language]}».'
                yield Finding(path, entry.linenum, advice)
    for avoided, instead in vocabulary["never"].items():
        if match := re.search(rf"\b{avoided}", translated, re.IGNORECASE):
            yield Finding(path, entry.linenum, f"«{match[0]}»: this edition says «{instead}».")
