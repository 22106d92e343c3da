"""Numbers that can go stale, as substitutions: ``{{ router_idle }}`` in a page.

They come from docs/facts.toml (what Heroku charges, limits and calls things) and from the pins in
snippets/*/requirements.txt (``{{ gunicorn_version }}``), so that a page never holds a second copy.
A value is translated like a sentence, in the catalogue ``facts``.
"""

import tomllib
from pathlib import Path

import catalogues
import versions
from sphinx.application import Sphinx


def read(root: Path) -> dict[str, dict]:
    """Return docs/facts.toml: {name: {"value", "about", "source", "checked"}}."""
    return tomllib.loads((root / "docs" / "facts.toml").read_text("utf-8"))


def substitutions(root: Path, language: str) -> dict[str, str]:
    """Return {name: text in the language, English where it has none}."""
    translated = catalogues.translations(root, language, "facts")
    texts = {name: translated.get(fact["value"], fact["value"]) for name, fact in read(root).items()}
    pins = versions.snippet_pins(root)
    return texts | {f"{name.lower().replace('-', '_')}_version": pin for name, pin in pins.items()}


def set_substitutions(app: Sphinx, config) -> None:
    config.myst_substitutions = substitutions(Path(app.srcdir).parent, config.language)


def setup(app: Sphinx) -> dict:
    app.connect("config-inited", set_substitutions)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
