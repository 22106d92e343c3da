"""The directive ``sources``: what became of one old guide, from docs/about/sources.toml.

``{sources} 4`` is the table of guide 4. What stands there and what it does today are translated in
the catalogue ``sources``. ``{sources-filter}`` is the box that shows only some of the rows; it appears
where there is JavaScript (docs/_static/site.js).
"""

import tomllib
from collections.abc import Callable
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.locale import _
from sphinx.util.docutils import SphinxDirective

from handbook.sphinxext.tables import link, table, text
from handbook.translation import messages


def read(root: Path) -> dict[str, dict]:
    """Return docs/about/sources.toml: {"guide.number": {"what", "verdict", "today", "page"}}."""
    return tomllib.loads((root / "docs" / "about" / "sources.toml").read_text("utf-8"))


def verdicts() -> dict[str, str]:
    return {"kept": _("kept"), "corrected": _("corrected"), "dropped": _("dropped")}


class Filter(SphinxDirective):
    def run(self) -> list[nodes.Node]:
        words, verdict = _("Show rows with"), _("Verdict")
        options = "".join(f"<option>{name}</option>" for name in ("", *verdicts().values()))
        form = (
            f'<form class="filter" role="search" hidden><label>{words} <input type="search"></label>'
            f"<label>{verdict} <select>{options}</select></label> <output></output></form>"
        )
        return [nodes.raw("", form, format="html")]


class Sources(SphinxDirective):
    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        root = Path(self.env.srcdir).parent
        self.env.note_dependency(str(root / "docs" / "about" / "sources.toml"))
        heads = [_("No."), _("What stood there"), _("Verdict"), _("Today"), _("Now on")]
        found = table(heads, self.rows(root, messages.gettext(self.env, "sources")))
        found["classes"].append("sources")
        return [found]

    def rows(self, root: Path, say: Callable[[str], str]) -> list[list]:
        says = verdicts()
        mine = {number: row for number, row in read(root).items() if number.startswith(f"{self.arguments[0]}.")}
        return [
            [
                number,
                text(say(row["what"])),
                says[row["verdict"]],
                text(say(row["today"])),
                nodes.paragraph("", "", *link(row["page"])),
            ]
            for number, row in mine.items()
        ]


def setup(app: Sphinx) -> dict:
    app.add_directive("sources", Sources)
    app.add_directive("sources-filter", Filter)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
