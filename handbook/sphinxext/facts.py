"""Numbers that can go stale, as substitutions: ``{{ router_idle }}`` in a page.

They come from docs/facts.toml (what Heroku charges, limits and calls things) and from the pins in
snippets/*/requirements.txt (``{{ gunicorn_version }}``), so that a page never holds a second copy.
A value is translated like a sentence, in the catalogue ``facts``. The directive ``facts`` is the
table of all of them.
"""

import re
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ConfigError
from sphinx.locale import _
from sphinx.util.docutils import SphinxDirective

from handbook.sphinxext import versions
from handbook.sphinxext.tables import table, text
from handbook.translation import messages

SUBSTITUTION = re.compile(r"\{\{ ?(\w+) ?\}\}")


def read(root: Path) -> dict[str, dict]:
    """Return docs/facts.toml: {name: {"value", "about", "source", "checked"}}.

    Raises ConfigError with file and line where it is not TOML, or a fact lacks a part.
    """
    text = (root / "docs" / "facts.toml").read_text("utf-8")
    try:
        facts = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"docs/facts.toml: {error}: correct it there.") from None
    for name, fact in facts.items():
        for part in {"value", "about", "source", "checked"} - fact.keys():
            line = text[: text.index(f"[{name}]")].count("\n") + 1
            raise ConfigError(f"docs/facts.toml:{line}: {name} has no {part}: write it.")
    return facts


def substitutions(root: Path, translated: dict[str, str]) -> dict[str, str]:
    """Return {name: text in the language, English where it has none}."""
    texts = {name: translated.get(fact["value"]) or fact["value"] for name, fact in read(root).items()}
    pins = versions.snippet_pins(root)
    return texts | {f"{name.lower().replace('-', '_')}_version": pin for name, pin in pins.items()}


class Facts(SphinxDirective):
    """``{facts}``: what it is, the value, where it can be read, when it was."""

    def run(self) -> list[nodes.Node]:
        root = Path(self.env.srcdir).parent
        self.env.note_dependency(str(root / "docs" / "facts.toml"))
        say = messages.gettext(self.env, "facts")
        facts = [(say(fact["about"]), name, fact) for name, fact in read(root).items()]
        facts.sort(key=lambda row: row[0].lower())
        rows = [
            [text(about), say(fact["value"]), source(fact), fact["checked"].isoformat()] for about, _name, fact in facts
        ]
        names = [name for _about, name, _fact in facts]
        return [table([_("What"), _("Value"), _("Source"), _("Checked on")], rows, names)]


def source(fact: dict) -> nodes.paragraph:
    link = nodes.reference("", urlsplit(fact["source"]).netloc, refuri=fact["source"])
    return nodes.paragraph("", "", link)


def set_substitutions(app: Sphinx, config) -> None:
    path = messages.folder(app.srcdir, config.locale_dirs, config.language) / "facts.po"
    config.myst_substitutions = substitutions(Path(app.srcdir).parent, messages.translations(path))


def note_substitutions(app: Sphinx, _page: str, content: list[str]) -> None:
    facts, say = read(Path(app.srcdir).parent), messages.gettext(app.env, "facts")
    for name in facts.keys() & set(SUBSTITUTION.findall(content[0])):
        say(facts[name]["value"])


def setup(app: Sphinx) -> dict:
    app.add_directive("facts", Facts)
    app.connect("config-inited", set_substitutions)
    app.connect("source-read", note_substitutions)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
