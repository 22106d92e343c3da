"""What Sphinx translates besides the sentences of pages: comments in code, words in drawings, values of facts.

A comment and a word in a drawing are nodes that Sphinx extracts and translates with the page that shows them. A value
of a fact stands inside many sentences: it has a catalogue of its own, ``facts``.
"""

import re
from html import escape
from pathlib import Path
from typing import Self

from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.transforms import SphinxTransform
from sphinx.util.nodes import extract_messages

from handbook.data_files import DataError, show_path
from handbook.paths import ROOT

# A message without words outside code and substitutions is the same in every language.
NOT_TRANSLATED = re.compile(r"`[^`]*`|\{\{ ?\w+ ?\}\}")


def has_words(message: str) -> bool:
    return bool(re.search(r"[^\W\d_]", NOT_TRANSLATED.sub("", message)))


class SkipCode(SphinxTransform):
    """Exclude messages without words from translation."""

    default_priority = 15  # before Sphinx's transform that translates, which has priority 20

    def apply(self) -> None:
        for node, message in list(extract_messages(self.document)):
            if not has_words(message):
                node["translatable"] = False


class translatable_text(nodes.Element, addnodes.translatable):  # lower case, as the nodes of docutils
    """A message inside a block or a drawing: its Text is what a reader sees; a hidden message has no Text.

    Attributes: english, the original; markup, whether it is inside HTML, so that its Text is escaped.
    """

    @classmethod
    def create(cls, english: str, source: Path, line: int, markup: bool = False) -> Self:
        """Return the node of a message; source and line (from 1) are its location in the catalogue."""
        found = cls("", nodes.Text(escape(english) if markup else english), english=english, markup=markup)
        found.source, found.line = str(source), line
        return found

    def preserve_original_messages(self) -> None:
        """Do nothing: the attribute `english` is never changed."""

    def extract_original_messages(self) -> list[str]:
        return [self["english"]] if has_words(self["english"]) else []

    def apply_translated_message(self, original_message: str, translated_message: str) -> None:
        if self.children:
            self[:] = [nodes.Text(escape(translated_message) if self["markup"] else translated_message)]
        if isinstance(self.parent, nodes.literal_block):
            self.parent.rawsource = self.parent.astext()  # the text that Pygments highlights
        self["translated"] = True


def load_translations(path: Path) -> dict[str, str]:
    """Return {English: translation} of a catalogue, "" for a missing or fuzzy translation; {} if there is no file."""
    found = read_catalogue(path) if path.is_file() else []
    return {str(entry.id): "" if entry.fuzzy else str(entry.string) for entry in found}


def read_catalogue(path: Path) -> list[Message]:
    """Return the messages of a catalogue, without its header. Raises DataError if it cannot be read."""
    try:
        with path.open("rb") as file:
            return [message for message in read_po(file) if message.id]
    except (LookupError, ValueError) as error:
        raise DataError(
            show_path(ROOT, path), 0, f"this catalogue cannot be read ({error}): `make po` says where."
        ) from None


def catalogue_folder(srcdir: str | Path, config: Config, language: str = "") -> Path:
    """Return the folder from which Sphinx reads the catalogues of a language, by default that of the build."""
    return Path(srcdir, config.locale_dirs[0], language or config.language, "LC_MESSAGES")


def find_complete_pages(env: BuildEnvironment, language: str) -> set[str]:
    """Return the pages that are translated completely, including the facts and the words of the theme."""
    catalogues = catalogue_folder(env.srcdir, env.config, language)

    def is_complete(domain: str) -> bool:
        translated = load_translations(catalogues / f"{domain}.po")
        return bool(translated) and all(translated.values())

    return {"search", *filter(is_complete, env.found_docs)} if is_complete("sphinx") and is_complete("facts") else set()


def setup(app: Sphinx) -> None:
    # It needs no visitor functions: the block or drawing around it is written from its whole text.
    app.add_node(translatable_text)
    app.add_transform(SkipCode)
