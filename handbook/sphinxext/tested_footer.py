"""The foot of each page: when the tests passed last in this folder, and with which versions.

`make test` writes the day and the Python version into _build/passed; a site that is built before says nothing.
"""

import json
from pathlib import Path

from sphinx.application import Sphinx

from handbook.paths import ROOT
from handbook.sphinxext.versions import pins

PASSED = ROOT / "_build" / "passed"


def read() -> list[str]:
    """Return [day, Python version], or [] where the tests have not passed yet."""
    return PASSED.read_text("utf-8").split() if PASSED.is_file() else []


def used(page: str) -> list[str]:
    """Return "package version" for what the snippets of a page install, and for the Heroku CLI."""
    names = pins(path) if (path := ROOT / "snippets" / Path(page).name / "requirements.txt").is_file() else {}
    cli = json.loads((ROOT / "package.json").read_text("utf-8"))["devDependencies"]["heroku"]
    return [*(f"{name} {version}" for name, version in names.items()), f"Heroku CLI {cli}"]


def add_to_page(app: Sphinx, page: str, _template: str, context: dict, _doctree) -> None:
    if passed := app.config.passed:
        context["passed_day"], python = passed
        context["passed_with"] = ", ".join([f"Python {python}", *used(page)])


def setup(app: Sphinx) -> dict:
    app.add_config_value("passed", read(), "html")
    app.connect("html-page-context", add_to_page)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
