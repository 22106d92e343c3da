"""Translations that Sphinx does not put into the pages by itself: of facts, sources, drawings, comments."""

from pathlib import Path

from babel.messages.pofile import read_po


def translations(root: Path, language: str, domain: str) -> dict[str, str]:
    """Return {English: translation} of a catalogue, {} where there is none."""
    path = root / "locale" / language / "LC_MESSAGES" / f"{domain}.po"
    if not path.is_file():
        return {}
    with path.open("rb") as file:
        return {message.id: message.string for message in read_po(file) if message.string and not message.fuzzy}
