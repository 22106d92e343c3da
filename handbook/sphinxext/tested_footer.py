"""The foot of each page: when the tests last passed in this folder, and with which versions.

`make test` records the fingerprint of each page before the tests begin, and keeps it in _build/passed when all have
passed: {page: {"day", "python", "state"}}. A page shows nothing if it, its snippets, its tests or the machinery have
changed since, until the tests pass again. The fingerprint is a hash of the files, so it needs no Git.
"""

import datetime
import hashlib
import json
import platform
from collections.abc import Iterable
from pathlib import Path

from sphinx.application import Sphinx

from handbook.checks import list_pages
from handbook.data_files import is_text
from handbook.paths import ROOT, is_leftover, page_test_name
from handbook.sphinxext.snippet import list_snippets
from handbook.sphinxext.versions import load_npm_pins, read_pins

# The files on which the tests of every page depend, besides the page's own and every module of tests/ itself.
SHARED = ["handbook", "conf.py", "docs/_drawings", "docs/_static", "docs/_templates", "Makefile", "requirements.txt"]
SHARED += ["package-lock.json", "docs/reference/errors.toml"]
SHARED += [f"docs/{name}.toml" for name in ("facts", "synonyms", "redirects")]
RUN_PARTS = ("day", "python", "state")


def hash_files(root: Path, paths: list[Path]) -> str:
    """Return a hash of the names and contents of files, and of all files below folders except leftovers."""
    total = hashlib.sha256()
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and not is_leftover(file.relative_to(root)):
                content = hashlib.sha256(file.read_bytes()).hexdigest()
                total.update(f"{file.relative_to(root).as_posix()} {content}\n".encode())
    return total.hexdigest()


def fingerprint_pages(root: Path, names: Iterable[str]) -> dict[str, str]:
    """Return {page: fingerprint of the files that its tests depend on} for pages such as "guides/gunicorn"."""
    found_by_name = [*sorted((root / "locale").glob("*/terms.toml")), *sorted((root / "tests").glob("*.py"))]
    shared = hash_files(root, [*(root / name for name in SHARED), *found_by_name])
    found = {}
    for page in names:
        source, slug = root / "docs" / f"{page}.md", Path(page).name
        shown = sorted({slug, *(name.split("/")[0] for name in list_snippets(root, page))})
        own = [source, source.with_suffix(".toml"), *(root / "snippets" / name for name in shown)]
        own += [root / "tests" / "pages" / f"{page_test_name(slug)}.py"]
        own += [folder / "LC_MESSAGES" / f"{page}.po" for folder in sorted((root / "locale").glob("*"))]
        found[page] = f"{hash_files(root, own)} {shared}"
    return found


def describe_run(root: Path, day: datetime.date) -> dict[str, dict[str, str]]:
    """Return the content of _build/passed for tests that begin now, on a day, if they all pass."""
    now = {"day": day.isoformat(), "python": platform.python_version()}
    names = [page.with_suffix("").as_posix() for page in list_pages(root)]
    return {name: now | {"state": state} for name, state in fingerprint_pages(root, names).items()}


def load_run(root: Path) -> dict[str, dict[str, str]]:
    """Return the content of _build/passed; {} if it is missing or malformed, as before any tests have passed."""
    try:
        found = json.loads((root / "_build" / "passed").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    runs = list(found.values()) if isinstance(found, dict) else [None]
    valid = all(isinstance(run, dict) and all(is_text(run.get(part)) for part in RUN_PARTS) for run in runs)
    return found if valid else {}


def load_passed(root: Path) -> dict[str, list[str]]:
    """Return {page: [day, Python version]} for the pages that have not changed since their tests passed."""
    known = load_run(root)
    now = fingerprint_pages(root, [page for page in known if (root / "docs" / f"{page}.md").is_file()])
    return {page: [run["day"], run["python"]] for page, run in known.items() if now.get(page) == run["state"]}


def list_versions(root: Path, page: str) -> list[str]:
    """Return "package version" for each package that the snippets of a page install, and for the Heroku CLI."""
    path = root / "snippets" / Path(page).name / "requirements.txt"
    names = read_pins(path) if path.is_file() else {}
    cli = load_npm_pins(root)["heroku"]
    return [*(f"{name} {version}" for name, version in names.items()), f"Heroku CLI {cli}"]


def add_test_run(app: Sphinx, page: str, _template: str, context: dict, _doctree: object) -> None:
    if when := app.config.passed_pages.get(page):
        context["passed_day"], python = when
        context["passed_with"] = ", ".join([f"Python {python}", *list_versions(Path(app.srcdir).parent, page)])


def setup(app: Sphinx) -> None:
    app.add_config_value("passed_pages", load_passed(Path(app.srcdir).parent), "html")
    app.connect("html-page-context", add_test_run)


if __name__ == "__main__":
    print(json.dumps(describe_run(ROOT, datetime.date.today()), indent=1))
