"""The directive ``commands``: every command that the pages show, under the title of its page.

The list is made from the pages and their snippets, so that it misses no command and has none that is gone.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from handbook.data_files import read_text
from handbook.paths import ROOT
from handbook.sphinxext.snippet import list_snippets
from handbook.sphinxext.tables import make_link

PAGE_NAME = re.compile(r"^(?:tutorial|guides|reference|explanation)/[\w-]+$", re.MULTILINE)
SUFFIXES = (".bash", ".console")
PROMPT = "$ "


def read_commands(path: Path) -> list[tuple[int, str]]:
    """Return (line number, line) for each line that a reader types of a .bash or .console file."""
    lines = list(enumerate(read_text(ROOT, path).splitlines(), 1))
    if path.suffix == ".console":
        return [(number, line.removeprefix(PROMPT)) for number, line in lines if line.startswith(PROMPT)]
    return [(number, line) for number, line in lines if line and not line.startswith("#")]


def list_command_files(root: Path, page: str) -> list[Path]:
    """Return the files of commands that a page shows, except those that fail on purpose."""
    names = [name for name in list_snippets(root, page) if name.endswith(SUFFIXES) and "/broken-" not in name]
    return [root / "snippets" / name for name in names]


def list_files_by_page(root: Path) -> Iterator[tuple[str, list[Path]]]:
    """Yield (page, its files of commands) for each page, in the order of the front page."""
    for page in PAGE_NAME.findall(read_text(root, "docs/index.md")):
        yield page, list_command_files(root, page)


class Commands(SphinxDirective):
    def run(self) -> list[nodes.Node]:
        root = Path(self.env.srcdir).parent
        found = nodes.definition_list()
        self.env.note_dependency(str(root / "docs/index.md"))  # it lists the pages: a new one changes it
        for page, files in list_files_by_page(root):
            for path in (root / "docs" / f"{page}.md", *files):
                self.env.note_dependency(str(path))
            lines = "\n".join(dict.fromkeys(line for path in files for _number, line in read_commands(path)))
            if lines:
                block = nodes.literal_block(lines, lines, language="bash", classes=["commands"])
                found += nodes.definition_list_item(
                    "", nodes.term("", "", make_link(page), ids=[nodes.make_id(page)]), nodes.definition("", block)
                )
        return [found]


def setup(app: Sphinx) -> None:
    app.add_directive("commands", Commands)
