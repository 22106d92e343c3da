"""docs/reference/versions.md: its tables are what the tests install."""

import datetime
import json
import platform
import re
import shutil
import subprocess
import sys

import pytest
import yaml
from lxml import html

from handbook.paths import ROOT, SITE, SNIPPETS
from handbook.requirements import read_requirements_in
from handbook.sphinxext import tested_footer
from tests.conftest import LANGUAGES, parse_page, write_files

PAGES = ("guides/port", "guides/other")


@pytest.fixture(params=LANGUAGES)
def tables(request) -> list[dict[str, str]]:
    """Return {package: version} of each table of the page."""
    page = parse_page(SITE / request.param / "reference/versions.html")
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
    """The page shows one version of each package, and no app is tested with another."""
    found = {}
    for path in SNIPPETS.glob("*/requirements.txt"):
        for name, pin in re.findall(r"^([\w.-]+)(?:\[.*\])?==(\S+)", path.read_text(), re.MULTILINE):
            assert found.setdefault(name, pin) == pin, path


def test_each_tool_of_the_site_stands_in_the_second_table_with_its_pin(tables):
    pins = dict(re.findall(r"^([\w.-]+)==([^\s;]+)", (ROOT / "requirements.txt").read_text(), re.MULTILINE))
    assert tables[1] == {wanted.name: pins[wanted.name] for _line, wanted, _reason in read_requirements_in(ROOT)}


def test_each_pin_is_one_that_requirements_in_allows():
    pins = dict(re.findall(r"^([\w.-]+)==([^\s;]+)", (ROOT / "requirements.txt").read_text(), re.MULTILINE))
    for number, wanted, _reason in read_requirements_in(ROOT):
        pin = pins.get(wanted.name, "0")
        advice = f"requirements.in:{number} asks for {wanted}, requirements.txt has {pin}: run `make requirements`."
        assert wanted.specifier.contains(pin), advice


def test_the_tests_run_on_the_pythons_that_the_page_names():
    matrix = yaml.safe_load((ROOT / ".github/workflows/checks.yml").read_text("utf-8"))["jobs"]["test"]["strategy"]
    pythons = matrix["matrix"]["python"]
    for language in LANGUAGES:
        shown = parse_page(SITE / language / "reference/versions.html").text_content()
        assert f"Python {pythons[0]}\N{EN DASH}{pythons[-1]}." in shown


@pytest.fixture
def site(tmp_path):
    """Return build(): build a small project with Sphinx; return the feet of its pages guides/port and guides/other."""
    files = {
        "docs/index.md": "# Home\n\n```{toctree}\nguides/port\nguides/other\n```\n",
        "docs/guides/port.md": "# Port\n\n```{snippet} port/Procfile\n```\n",
        "docs/guides/other.md": "# Other\n\nNothing.\n",
        "docs/facts.toml": "",
        "docs/about/sources.toml": "",
        "snippets/port/Procfile": "web: gunicorn app:app\n",
        "snippets/port/requirements.txt": "Flask==3.1.3\n",
        "tests/pages/test_port.py": "",
        "tests/helper.py": "",
        "docs/reference/errors.toml": "",
        "handbook/code.py": "",
        "conf.py": "",
        "docs/synonyms.toml": "",
        "requirements.txt": "",
        "requirements.in": "",
        "package.json": '{"devDependencies": {"heroku": "11.10.0"}}',
        "locale/es/LC_MESSAGES/guides/port.po": "",
        "locale/es/terms.toml": "[words]\n[never]\n",
        "docs/guides/other.toml": "",
        "locale/es/language.toml": "finished = true\n",
    }
    write_files(tmp_path, files)
    for name in ("_templates", "_static"):
        shutil.copytree(ROOT / "docs" / name, tmp_path / "docs" / name)

    def build() -> tuple[str, str]:
        command = [sys.executable, "-m", "sphinx", "-c", ROOT, "-q", "-b", "html", "docs", "_build/html/en"]
        subprocess.run([*command, "-d", tmp_path / "trees"], cwd=tmp_path, check=True, capture_output=True, text=True)
        found = [html.parse(tmp_path / f"_build/html/en/guides/{name}.html") for name in ("port", "other")]
        return tuple("".join(page.xpath("string(//p[@class='passed'])")) for page in found)

    build.root = tmp_path
    return build


def test_the_foot_of_a_page_stands_as_long_as_what_was_tested_is_what_is_there(site):
    """The foot has the day and the versions of the last run; a page that changed since, in any part, has no foot."""
    assert site() == ("", "")
    day, python = "2026-01-31", platform.python_version()
    run = tested_footer.describe_run(site.root, datetime.date.fromisoformat(day))
    (site.root / "_build/passed").write_text(json.dumps(run), "utf-8")
    port = f"Tested on {day}: Python {python}, Flask 3.1.3, Heroku CLI 11.10.0."
    other = f"Tested on {day}: Python {python}, Heroku CLI 11.10.0."
    assert site() == (port, other)
    for name, feet in {
        "snippets/port/Procfile": ("", other),
        "tests/pages/test_port.py": ("", other),
        "locale/es/LC_MESSAGES/guides/port.po": ("", other),
        "docs/guides/other.md": (port, ""),
        "docs/guides/other.toml": (port, ""),
        "locale/es/terms.toml": ("", ""),
        "handbook/code.py": ("", ""),
        "tests/helper.py": ("", ""),
        "docs/reference/errors.toml": ("", ""),
        "docs/synonyms.toml": ("", ""),
        "docs/_static/search.js": ("", ""),
        "docs/_templates/page-info.html": ("", ""),
        "conf.py": ("", ""),
        "handbook/.DS_Store": (port, other),
        "handbook/.code.py.swp": (port, other),
    }.items():
        path = site.root / name
        before = path.read_bytes() if path.exists() else b""
        path.write_bytes(before + b"\n# changed\n")
        assert tuple(bool(tested_footer.load_passed(site.root).get(page)) for page in PAGES) == tuple(
            map(bool, feet)
        ), name
        if name == "snippets/port/Procfile":
            assert site() == feet
        path.write_bytes(before)
    assert site() == (port, other)


@pytest.mark.parametrize(
    "content", ["", "2026-01-31 3.14.0\n", "[]", '{"guides/port": 1}', '{"guides/gone": {"state": "1"}}']
)
def test_a_file_of_another_form_says_nothing(tmp_path, content):
    (tmp_path / "_build").mkdir()
    (tmp_path / "_build/passed").write_text(content)
    assert tested_footer.load_passed(tmp_path) == {}
