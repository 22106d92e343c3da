"""A pseudolocale: every letter has an accent, every vowel is doubled; code, links and roles are unchanged.

`make pseudo` builds the site in it. A word that is shown without accents there cannot be translated.
The accents are those of CLDR's pseudolocale en_XA; the doubled vowels make a text a third longer.
"""

import re

import polib

from handbook.checks.prose import ROLE
from handbook.paths import ROOT
from handbook.translation import catalogues

CODE = "en_XA"
FOLDER = ROOT / "_build" / "pseudo" / "locale" / CODE / "LC_MESSAGES"
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
ACCENTED_LETTERS = "åƀçðéƒĝĥîĵķļɱñöþǫŕšţûṽŵẋýžÅƁÇÐÉƑĜĤÎĴĶĻṀÑÖÞǪŔŠŢÛṼŴẊÝŽ"
# Unchanged: {ref}`title <label>` except its title; other roles, code, targets of links, substitutions, placeholders.
PROTECTED = re.compile(
    rf"({ROLE}`(?=[^`<]+<)| <[^<>]+>`|(?:{ROLE})?`[^`]*`"
    r"|\]\([^)]*\)|<https?:[^>]*>|\{\{.*?\}\}|\$\{\w+\}|%\(\w+\)s|&#?\w+;)"
)


def add_accents(text: str) -> str:
    twice = re.sub("[aeiouAEIOU]", lambda vowel: vowel[0] + vowel[0].lower(), text)
    return twice.translate(str.maketrans(LETTERS, ACCENTED_LETTERS))


def pseudotranslate(text: str) -> str:
    return "".join(piece if index % 2 else add_accents(piece) for index, piece in enumerate(PROTECTED.split(text)))


def main() -> None:
    """Write the catalogues for the messages of the first target language; leave a file alone that would not change."""
    catalogues.require_valid(ROOT)
    source = ROOT / "locale" / catalogues.list_target_languages(ROOT)[0] / "LC_MESSAGES"
    names = [path.relative_to(source) for path in source.rglob("*.po")]
    for name in names:
        catalogue = polib.pofile(str(source / name), wrapwidth=0)
        for entry in catalogue:
            entry.msgstr, entry.flags = pseudotranslate(entry.msgid), []
        path, content = FOLDER / name, str(catalogue)
        if not path.is_file() or path.read_text("utf-8") != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, "utf-8")
    for path in FOLDER.rglob("*.po"):
        if path.relative_to(FOLDER) not in names:
            path.unlink()


if __name__ == "__main__":
    main()
