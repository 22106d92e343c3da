"""Numbers that can go stale, as substitutions: ``{{ router_idle }}`` in a page.

They come from docs/facts.toml (what Heroku charges, limits and calls things) and from the pins in
snippets/*/requirements.txt (``{{ gunicorn_version }}``), so that a page never holds a second copy.
A value is translated in the catalogue ``facts``, the other texts of a fact with the page that shows them. The directive
``facts`` is the table of all of them.
"""

from pathlib import Path
from urllib.parse import urlsplit

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.locale import _
from sphinx.util.docutils import SphinxDirective

from handbook.data_files import find_key_line, read_text
from handbook.facts import FILE, load_facts
from handbook.sphinxext import versions
from handbook.sphinxext.tables import Cell, make_inline, make_table, parse_sentences
from handbook.translation import messages

TRANSLATED_FIELDS = ("about", "seen")


def load_substitutions(root: Path, translated: dict[str, str]) -> dict[str, str]:
    """Return {name: text}: facts in the language, or else in English; Python and package versions."""
    texts = {name: translated.get(fact["value"]) or fact["value"] for name, fact in load_facts(root).items()}
    pins = versions.read_snippet_pins(root)
    texts |= versions.read_tested_pythons(root)
    return texts | {f"{name.lower().replace('-', '_')}_version": pin for name, pin in pins.items()}


class Facts(SphinxDirective):
    """``{facts}``: a row for each fact: what it is, its value, its source, which version of that was read, and when."""

    def run(self) -> list[nodes.Node]:
        root = Path(self.env.srcdir).parent
        self.env.note_dependency(str(root / FILE))
        text = read_text(root, FILE)
        facts = load_facts(root)
        places = [(name, part) for name in facts for part in TRANSLATED_FIELDS]
        lines = ((facts[name][part], root / FILE, find_key_line(text, name, part)) for name, part in places)
        sentences = parse_sentences(self, lines)
        rows: list[list[Cell]] = [
            [
                next(sentences),
                self.config.myst_substitutions[name],
                make_source(fact, next(sentences)),
                nodes.paragraph("", fact["checked"].isoformat(), classes=["day"]),
            ]
            for name, fact in facts.items()
        ]
        heads = [_("What"), _("Value"), _("Source"), _("Checked on")]
        return [make_table(heads, rows, list(facts))]


def make_source(fact: dict, seen: nodes.paragraph) -> nodes.paragraph:
    link = nodes.reference("", urlsplit(fact["source"]).netloc, refuri=fact["source"])
    return nodes.paragraph("", "", link, nodes.Text(": "), make_inline(seen))


def set_substitutions(app: Sphinx, config: Config) -> None:
    path = messages.catalogue_folder(app.srcdir, config) / "facts.po"
    config.myst_substitutions = load_substitutions(Path(app.srcdir).parent, messages.load_translations(path))


def setup(app: Sphinx) -> None:
    app.add_directive("facts", Facts)
    app.connect("config-inited", set_substitutions)
