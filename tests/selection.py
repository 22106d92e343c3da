"""A pytest plugin: select the tests of one page (`pytest --page=gunicorn`), and stop if the built site is outdated.

tests/conftest.py loads it. A test belongs to a page by its module, tests/pages/test_<slug>.py, or by a parameter, which
is its slug, its app ("gunicorn/form-uv"), its page ("guides/gunicorn") or the path of a snippet.
"""

import os
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from handbook.checks import slugs
from handbook.paths import ROOT, SITE, SNIPPETS, is_leftover, page_test_name

BUILT = ROOT / "_build" / "built"
# The built site is outdated if a file among these is newer, unless a program left it there.
SOURCES = ("docs", "snippets", "locale", "handbook", "conf.py")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--page", metavar="SLUG", help="run the tests of one page")
    parser.addoption(
        "--old-site", action="store_true", help="read the site as it was built, whatever has changed since"
    )


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        return
    if slug := config.getoption("page"):
        slugs.require_page(ROOT, slug)
        if config.args_source is pytest.Config.ArgsSource.TESTPATHS:
            config.args = [str(path) for path in list_modules(slug) if path.is_file()]
    if not config.getoption("old_site") and (advice := find_build_problem()):
        pytest.exit(advice, returncode=4)


def list_modules(slug: str) -> list[Path]:
    """Return the modules that have tests of a page."""
    names = (f"pages/{page_test_name(slug)}.py", "test_snippets.py", "test_walkthroughs.py")
    return [ROOT / "tests" / name for name in names]


def find_build_problem(built: Path = BUILT, site: Path = SITE, root: Path = ROOT) -> str:
    """Return what must be done before the tests can read the site, "" if nothing."""
    if not built.is_file() or not site.is_dir():
        return "The site is not built: run `make html` first."
    for name in SOURCES:
        for path in [root / name, *(root / name).rglob("*")]:
            if (
                path.is_file()
                and path.suffix != ".mo"
                and not is_leftover(path.relative_to(root))
                and path.stat().st_mtime > built.stat().st_mtime
            ):
                return f"{path.relative_to(root)} is newer than the built site: run `make html` first."
    return ""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if slug := config.getoption("page"):
        chosen = [item for item in items if is_test_of_page(item, slug)]
        config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
        items[:] = chosen


def is_test_of_page(item: pytest.Item, slug: str) -> bool:
    if item.path.stem == page_test_name(slug):
        return True
    callspec = getattr(item, "callspec", None)
    return bool(callspec) and any(is_parameter_of_page(value, slug) for value in callspec.params.values())


def is_parameter_of_page(parameter: object, slug: str) -> bool:
    """Return whether a test's parameter names a page, its app, or a file of it."""
    if isinstance(parameter, Path):
        return parameter.is_relative_to(SNIPPETS / slug)
    folder, _slash, name = str(parameter).partition("/")
    return folder == slug or (name == slug and (ROOT / "docs" / f"{parameter}.md").is_file())


@pytest.fixture(scope="session")
def require(pytestconfig) -> Callable[..., str]:
    """Return require("redis-server", "`make servers` installs it."): the path of a program that a test starts.

    Without the program the test fails. Outside CI a test of one page is skipped instead, with the advice to install it:
    whoever changes one page need not have a browser or a broker.
    """
    return partial(find_program, bool(pytestconfig.getoption("page")) and "CI" not in os.environ)


def find_program(may_be_missing: bool, program: str, cure: str, path: str | None = None) -> str:
    """Return the path of a program; path: the folders to look in. Skip or fail the test if it is missing."""
    if found := shutil.which(program, path=path):
        return found
    (pytest.skip if may_be_missing else pytest.fail)(f"{program} is missing: {cure}")
