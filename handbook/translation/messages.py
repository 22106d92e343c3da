"""Translations that Sphinx does not put into the pages by itself: of facts, sources, drawings, comments.

Each page notes which of these texts it shows, so that it can be said of every page, in every language,
whether all of it is translated.
"""

from collections.abc import Callable
from pathlib import Path

from babel.messages.pofile import read_po
from sphinx.environment import BuildEnvironment

SHARED = ("changes", "drawings", "facts", "snippets", "sources")  # the catalogues that are read here


def translations(path: Path) -> dict[str, str]:
    """Return {English: translation, "" where there is none or an outdated one} of a catalogue, {} for no file."""
    if not path.is_file():
        return {}
    with path.open("rb") as file:
        return {str(entry.id): "" if entry.fuzzy else str(entry.string) for entry in read_po(file) if entry.id}


def folder(srcdir: str | Path, locale_dirs: list[str], language: str) -> Path:
    """Return where Sphinx reads the catalogues of a language."""
    return Path(srcdir, locale_dirs[0], language, "LC_MESSAGES")


def gettext(env: BuildEnvironment, domain: str) -> Callable[[str], str]:
    """Return the function that puts a text of a page into the language of this build, English where it cannot."""
    path = folder(env.srcdir, env.config.locale_dirs, env.config.language) / f"{domain}.po"
    env.note_dependency(str(path))
    translated = translations(path)
    shown = env.metadata[env.docname].setdefault("shown", [])

    def say(english: str) -> str:
        shown.append((domain, english))
        return translated.get(english) or english

    return say


def complete(env: BuildEnvironment, language: str) -> set[str]:
    """Return the pages of which nothing is left to translate: sentences, shared texts, words of the theme."""
    catalogues = folder(env.srcdir, env.config.locale_dirs, language)
    shared = {domain: translations(catalogues / f"{domain}.po") for domain in SHARED}

    def whole(domain: str) -> bool:
        translated = translations(catalogues / f"{domain}.po")
        return bool(translated) and all(translated.values())

    if not whole("sphinx"):
        return set()
    shows = {page: env.metadata.get(page, {}).get("shown", ()) for page in env.found_docs}
    pages = {page for page in shows if all(shared[domain].get(english) for domain, english in shows[page])}
    return {"search", *filter(whole, pages)}
