"""The directive ``progress``: how much of each language is translated, counted in its catalogues at each build."""

import re
from pathlib import Path

from babel.messages.catalog import Message
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.locale import _
from sphinx.util.docutils import SphinxDirective

from handbook.sphinxext import languages
from handbook.sphinxext.tables import Cell, make_table
from handbook.translation.messages import NOT_TRANSLATED, read_catalogue

WORD = re.compile(r"[^\W\d_]+")


def count_words(texts: list[str]) -> str:
    return str(sum(len(WORD.findall(NOT_TRANSLATED.sub("", text))) for text in texts))


class Progress(SphinxDirective):
    def run(self) -> list[nodes.Node]:
        catalogues = {code: self.load_messages(code) for code in languages.list_languages() if code != "en"}
        messages = next(iter(catalogues.values()), [])
        rows: list[list[Cell]] = [
            [languages.language_name("en"), _("the original"), "", count_words([str(one.id) for one in messages])]
        ]
        for code, found in catalogues.items():
            current = [str(message.string) for message in found if message.string and not message.fuzzy]
            state = _("finished") if languages.is_finished(code) else _("in progress")
            share = f"{state}, {100 * len(current) // max(1, len(found))} %"
            outdated = str(sum(message.fuzzy for message in found))
            rows.append([languages.language_name(code), share, outdated, count_words(current)])
        return [make_table([_("Language"), _("Translated"), _("Outdated"), _("Words")], rows)]

    def load_messages(self, code: str) -> list[Message]:
        """Return every message of a language's catalogues; the page is built again when one of them changes."""
        folder = Path(self.env.srcdir).parent / "locale" / code
        catalogues = sorted(folder.rglob("*.po"))
        for path in (folder / "language.toml", *catalogues):
            self.env.note_dependency(str(path))
        return [message for path in catalogues for message in read_catalogue(path)]


def setup(app: Sphinx) -> None:
    app.add_directive("progress", Progress)
