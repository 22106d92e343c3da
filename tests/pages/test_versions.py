"""docs/reference/versions.md: its tables are what the tests install."""

import json
import re
from types import SimpleNamespace

import pytest
from lxml import html
from packaging.requirements import Requirement

from handbook.paths import ROOT, SITE, SNIPPETS
from handbook.sphinxext import tested_footer as passed
from handbook.sphinxext import versions


@pytest.fixture(params=["en", "es"])
def tables(request) -> list[dict[str, str]]:
    """Return {package: version} of each table of the page."""
    page = html.parse(SITE / request.param / "reference" / "versions.html")
    rows = [
        [[cell.text_content().strip() for cell in row.findall("td")] for row in table.iter("tr")]
        for table in page.iter("table")
    ]
    return [{row[0]: row[1] for row in table if row} for table in rows]


def test_each_pin_of_each_app_stands_in_the_first_table(tables):
    for path in SNIPPETS.glob("*/requirements.txt"):
        for name, pin in re.findall(r"^([\w.-]+)(?:\[.*\])?==(\S+)", path.read_text(), re.MULTILINE):
            assert tables[0][name] == pin, path


def test_all_apps_that_work_pin_the_same_version_of_a_package():
    """One page says one number; a second one would be untested against the first."""
    found = {}
    for path in SNIPPETS.glob("*/requirements.txt"):
        for name, pin in re.findall(r"^([\w.-]+)(?:\[.*\])?==(\S+)", path.read_text(), re.MULTILINE):
            assert found.setdefault(name, pin) == pin, path


def test_each_tool_of_the_site_stands_in_the_second_table_with_its_pin(tables):
    pins = dict(re.findall(r"^([\w.-]+)==([^\s;]+)", (ROOT / "requirements.txt").read_text(), re.MULTILINE))
    names = re.findall(r"^[a-z][\w-]*", (ROOT / "requirements.in").read_text(), re.MULTILINE)
    assert tables[1] == {name: pins[name] for name in names}


def test_each_pin_is_one_that_requirements_in_allows():
    pins = dict(re.findall(r"^([\w.-]+)==([^\s;]+)", (ROOT / "requirements.txt").read_text(), re.MULTILINE))
    for number, line in enumerate((ROOT / "requirements.in").read_text().splitlines(), 1):
        if asked := line.partition("#")[0].strip():
            wanted = Requirement(asked)
            pin = pins.get(wanted.name, "0")
            advice = f"requirements.in:{number} asks for {asked}, requirements.txt has {pin}: run `make requirements`."
            assert wanted.specifier.contains(pin), advice


@pytest.mark.parametrize("day", [[], ["2026-01-31", "3.14.0"]])
def test_the_foot_of_a_page_says_when_it_passed_and_with_what(day):
    """A site that is built before its tests have passed says nothing."""
    context, app = {}, SimpleNamespace(config=SimpleNamespace(passed=day))
    passed.add_to_page(app, "guides/gunicorn", "page.html", context, None)
    pins = versions.pins(SNIPPETS / "gunicorn" / "requirements.txt")
    cli = json.loads((ROOT / "node_modules/heroku/package.json").read_text())["version"]
    with_what = f"Python 3.14.0, Flask {pins['Flask']}, gunicorn {pins['gunicorn']}, Heroku CLI {cli}"
    assert context == ({"passed_day": "2026-01-31", "passed_with": with_what} if day else {})
