"""Numbers that can go stale, as substitutions: ``{{ router_idle }}`` in a page.

They come from docs/facts.toml (what Heroku charges, limits and calls things) and from the pins in
snippets/*/requirements.txt (``{{ gunicorn_version }}``), so that a page never holds a second copy.
A value is translated in the catalogue ``facts``, the other texts of a fact with the page that shows them. The directive
``facts`` is the table of all of them.
"""

import datetime
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.locale import _
from sphinx.util.docutils import SphinxDirective

from handbook.data_files import DataError, find_key_line, is_text, load_toml, read_text
from handbook.sphinxext import versions
from handbook.sphinxext.tables import Cell, make_inline, make_table, parse_sentences
from handbook.translation import messages

FILE = "docs/facts.toml"
SUBSTITUTION = re.compile(r"\{\{ ?(\w+) ?\}\}")
# The required parts of a fact, and how each is written.
FIELDS = {
    "value": '"…"',
    "about": '"…"',
    "source": '"https://…"',
    "seen": '"…"',
    "checked": "2026-01-31, without quotes",
}
TRANSLATED_FIELDS = ("about", "seen")
# What handbook/checks/watch.py can look up for a fact: in words for an advice, and as a pattern.
WATCH_KINDS = '"github-release OWNER/REPOSITORY", "npm PACKAGE", "endoflife-latest PRODUCT"'
WATCH_KINDS += ' or "endoflife-cycles PRODUCT"'
WATCH_SYNTAX = re.compile(r"github-release [\w.-]+/[\w.-]+|npm [\w@./-]+|endoflife-(latest|cycles) [\w.-]+")


def find_problems(root: Path) -> Iterator[tuple[int, str]]:
    """Yield (line, what is wrong and what to do) for each part of a fact that is missing, unknown or invalid."""
    if not (root / FILE).is_file():
        advice = f"restore it with `git checkout -- {FILE}`. It holds every number that Heroku may change."
        yield 0, f"this file is missing: {advice}"
    source = read_text(root, FILE)
    for name, fact in load_toml(root, FILE).items():
        line = find_key_line(source, name)
        if not isinstance(fact, dict):
            yield line, f"{name} is not a fact: write [{name}] on a line, and its value below it."
            continue
        if not re.fullmatch(r"\w+", name):
            advice = "a page writes it in {{ }}, where a name has only letters, digits and _: rename it."
            yield line, f"{name}: {advice}"
        for part in FIELDS.keys() - fact.keys():
            yield line, f"{name} has no {part}: write {part} = {FIELDS[part]}."
        for part, content in fact.items():
            line = find_key_line(source, name, part)
            if part not in FIELDS and part != "watch":
                yield line, f"{name}: {part} is no part of a fact: correct its name, or delete it."
            elif not is_valid(part, content):
                like = FIELDS.get(part, WATCH_KINDS)
                yield line, f"{name}: {part} is not as it should be: write {part} = {like}."


def is_valid(part: str, content: object) -> bool:
    """Return whether a part of a fact has a valid value."""
    if part == "checked":
        return type(content) is datetime.date  # isinstance() would accept a datetime too
    pattern = {"source": re.compile(r"https://[\w.-]+/\S*"), "watch": WATCH_SYNTAX}.get(part, re.compile(".+"))
    return is_text(content) and pattern.fullmatch(content) is not None


def load_facts(root: Path) -> dict[str, dict]:
    """Return docs/facts.toml: {name: {"value", "about", "source", "seen", "checked"}, some with "watch"}.

    Raises DataError if it is missing or not TOML, or a fact is invalid.
    """
    for line, advice in find_problems(root):
        raise DataError(FILE, line, advice)
    return load_toml(root, FILE)


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
