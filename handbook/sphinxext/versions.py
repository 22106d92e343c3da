"""The directive ``versions``: tables of the packages that build the site, and of those that its snippets install.

The tables are made from requirements.txt and snippets/*/requirements.txt, so that no number is typed twice.
"""

import json
import re
from pathlib import Path

import yaml
from docutils import nodes
from packaging.utils import canonicalize_name
from sphinx.application import Sphinx
from sphinx.locale import _
from sphinx.util.docutils import SphinxDirective

from handbook import requirements
from handbook.data_files import DataError, is_text, is_text_list, read_text
from handbook.paths import ROOT
from handbook.sphinxext.tables import make_table

PACKAGE_FILE, WORKFLOW_FILE = "package.json", ".github/workflows/checks.yml"
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[\w,-]+\])?==([^\s;]+)")


def read_pins(path: Path) -> dict[str, str]:
    """Return {package: version} of the lines "package==version" of a requirements file."""
    found = map(PIN.match, read_text(ROOT, path).splitlines())
    return {match[1]: match[2] for match in found if match}


def list_requirement_files(root: Path) -> list[Path]:
    """Return the requirements files of the snippets that work (broken variants pin old things on purpose)."""
    return sorted((root / "snippets").glob("*/requirements.txt"))


def read_snippet_pins(root: Path) -> dict[str, str]:
    return {name: pin for path in list_requirement_files(root) for name, pin in read_pins(path).items()}


def read_tested_pythons(root: Path) -> dict[str, str]:
    """Return {"python_tested": first and last Python of .github/workflows/checks.yml}; {} without that file."""
    if not (root / WORKFLOW_FILE).is_file():
        return {}
    try:
        pythons = yaml.safe_load(read_text(root, WORKFLOW_FILE))["jobs"]["test"]["strategy"]["matrix"]["python"]
    except (yaml.YAMLError, LookupError, TypeError):
        pythons = None
    if not pythons or not is_text_list(pythons):  # without quotation marks, 3.10 is the number 3.1
        advice = "write the Python versions that are tested as the list jobs.test.strategy.matrix.python, in quotes."
        raise DataError(WORKFLOW_FILE, 0, advice)
    return {"python_tested": f"{pythons[0]}–{pythons[-1]}"}


def load_npm_pins(root: Path) -> dict[str, str]:
    """Return {package: version} of package.json. Raises DataError if it does not pin the Heroku CLI."""
    try:
        found = json.loads(read_text(root, PACKAGE_FILE))
    except json.JSONDecodeError as error:
        raise DataError(PACKAGE_FILE, error.lineno, f"this is not JSON: {error.msg}. Correct the line.") from None
    pins = found.get("devDependencies") if isinstance(found, dict) else None
    if not isinstance(pins, dict) or not all(map(is_text, pins.values())) or "heroku" not in pins:
        raise DataError(PACKAGE_FILE, 0, 'write "devDependencies": {"heroku": "…"}, the version of the Heroku CLI.')
    return pins


def list_direct(root: Path) -> list[str]:
    """Return the names in requirements.in, in its order, as requirements.txt writes them. Raises DataError."""
    return [canonicalize_name(wanted.name) for _line, wanted, _reason in requirements.read_requirements_in(root)]


class Versions(SphinxDirective):
    """``{versions} snippets`` or ``{versions} site``."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        root = Path(self.env.srcdir).parent
        if self.arguments[0] == "snippets":
            return [make_table([_("Package"), _("Version"), _("Used in")], self.snippet_rows(root))]
        if self.arguments[0] != "site":
            raise self.error(f"there are no versions of {self.arguments[0]!r}: write snippets, or site.")
        return [make_table([_("Package"), _("Version")], self.site_rows(root))]

    def snippet_rows(self, root: Path) -> list[list[nodes.paragraph]]:
        files = list_requirement_files(root)
        for path in files:
            self.env.note_dependency(str(path))
        users = {path.parent.name: read_pins(path) for path in files}
        return [
            [make_code(name), make_code(version), make_code(*[slug for slug, used in users.items() if name in used])]
            for name, version in sorted(read_snippet_pins(root).items(), key=lambda pin: pin[0].lower())
        ]

    def site_rows(self, root: Path) -> list[list[nodes.paragraph]]:
        for file in ("requirements.txt", requirements.FILE):
            self.env.note_dependency(str(root / file))
        pinned = read_pins(root / "requirements.txt")
        direct = list_direct(root)
        if missing := [name for name in direct if name not in pinned]:
            advice = f"{missing[0]}, which requirements.in names, has no pin here: run `make requirements`."
            raise DataError("requirements.txt", 0, advice)
        return [[make_code(name), make_code(pinned[name])] for name in direct]


def make_code(*names: str) -> nodes.paragraph:
    separated = [node for name in names for node in (nodes.Text(", "), nodes.literal(name, name))]
    return nodes.paragraph("", "", *separated[1:])


def setup(app: Sphinx) -> None:
    app.add_directive("versions", Versions)
