"""docs/about/sources.md: every snippet and every wrong claim of the five guides is accounted for, and can be found."""

import os
import subprocess
import sys
from itertools import count

import pytest
from lxml import html

from handbook.paths import ROOT, SITE
from handbook.sphinxext import sources
from tests.conftest import LANGUAGES, data_error, parse_page, replace_in_file, write_files

ROWS = sources.load_sources(ROOT)
SNIPPETS = {1: 10, 2: 18, 3: 12, 4: 38, 5: 27}
# {guide: the numbers of its wrong claims}; the right ones have no row.
CLAIMS = {
    1: "3 6 8 9 13 14 20 21 29",
    2: "2 3 7 9 10 13 14 15 16 17 20 25 29 31",
    3: "1 4 6 8 9 10 17 18 19 27 31 34",
    4: "5 8 10 13 14 15 16 18 21 22 24 25 26 28 31 32 42 43 49 53 54",
    5: "3 6 8 9 15 17 18 19 20 22 23 28 35 36 37 38 40 41 42 48 50 52 54 56 57 58 60 61 64",
}


def numbers() -> list[str]:
    """Return the number of each snippet and claim, in the order of the page."""
    found = []
    for guide, last in SNIPPETS.items():
        found += [f"{guide}.{number:02}" for number in range(1, last + 1)]
        found += [f"{guide}.C{int(number):02}" for number in CLAIMS[guide].split()]
    return found


def test_each_of_the_105_snippets_and_85_claims_has_its_row_in_order():
    found = [number for row in ROWS for number in row.split()]
    assert sorted(found) == sorted(numbers())
    order = numbers()
    first = [order.index(row.split()[0]) for row in ROWS]
    assert first == sorted(first)
    assert all(len({number[0] for number in row.split()}) == 1 for row in ROWS), "guides do not share a row"


def test_a_row_says_in_a_line_what_became_of_it():
    for number, row in ROWS.items():
        assert 0 < len(row["what"]) <= 120, number
        assert len(row.get("today", "")) <= 140, number
        assert "\n" not in row["what"] + row.get("today", ""), number
        # Only code and labels are copied from a guide word for word; the rest is not quoted.
        assert not set(row["what"]) & set('“”"'), number


def shows(element: html.HtmlElement) -> str:
    """Return what a part of a built page shows: its texts, the addresses of its links and buttons, its drawings."""
    addresses = element.xpath(".//@href | .//svg/title/@id")
    return " ".join(" ".join([element.text_content(), *addresses]).split())


def table_rows(language: str) -> dict[str, html.HtmlElement]:
    """Return {"1.05 1.C14": its row} of the built page."""
    found = parse_page(SITE / language / "about/sources.html").xpath('//table[contains(@class, "sources")]/tbody/tr')
    return {row.xpath("string(td[1])"): row for row in found}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("number", [number for number, row in ROWS.items() if row["verdict"] != "dropped"])
def test_what_is_kept_or_corrected_stands_under_the_heading_that_its_row_leads_to(number, language):
    """ "The last column leads to the heading under which it stands today"."""
    row, (address,) = ROWS[number], table_rows(language)[number].xpath("td[5]//a/@href")
    path, _sharp, identifier = address.partition("#")
    page = parse_page((SITE / language / "about" / path).resolve())
    (part,) = page.xpath("//section[@id=$id]", id=identifier)
    words = row.get("words", [])
    assert not words or words[0] in shows(part)
    everywhere = shows(page.get_element_by_id("furo-main-content"))
    assert [word for word in words if word not in everywhere] == []
    if not words:
        assert row["heading"] in [identifier, *part.xpath("span/@id")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_dropped_is_on_no_page(language):
    site = SITE / language
    pages = [path for path in site.rglob("*.html") if path.relative_to(site).as_posix() != "about/sources.html"]
    assert len(pages) > 30
    shown = {path: shows(parse_page(path).find("body")) for path in pages}
    dropped = [(number, word) for number, row in ROWS.items() for word in row.get("words", []) if "page" not in row]
    assert len(dropped) >= 8
    found = [(number, word, path.stem) for number, word in dropped for path, text in shown.items() if word in text]
    assert found == []


GOOD = '["1.01"]\nwhat = "A port"\nverdict = "kept"\npage = "guides/port"\nheading = "listen"\n'


@pytest.mark.parametrize(
    ("old", "new", "advice"),
    [
        ('what = "A port"\n', "", "has no what: write it."),
        ('verdict = "kept"\n', "", "has no verdict: write kept, corrected, dropped."),
        ('"kept"', '"keptt"', "has no verdict: write kept, corrected, dropped."),
        ('"kept"', '"corrected"', "has no today: write it."),
        ('"kept"', '"dropped"\ntoday = "Gone."', "has heading, which a row that is dropped has not: take it out."),
        ("heading", "headings", "has headings, which a row that is kept has not: take it out."),
        ('heading = "listen"\n', "", "needs words that stand on its page, or the heading: write one of the two."),
        (
            "heading",
            'words = ["1"]\nheading',
            "needs words that stand on its page, or the heading: write one of the two.",
        ),
        ('heading = "listen"', 'words = "listen"', 'has words that are no list of texts: write ["…"].'),
        ('heading = "listen"', "words = [1]", 'has words that are no list of texts: write ["…"].'),
        ('"A port"', "1", 'has what, which is no text: write what = "…".'),
        (
            "guides/port",
            "guides/prot",
            "is said to be on guides/prot, and docs/guides/prot.md does not exist: correct the page.",
        ),
    ],
)
def test_a_row_that_lacks_something_is_named_with_its_line(old, new, advice, tmp_path):
    write_files(tmp_path, {"docs/guides/port.md": "# Port\n", sources.FILE: f"# A remark.\n{GOOD}"})
    assert list(sources.load_sources(tmp_path)) == ["1.01"]
    replace_in_file(tmp_path / sources.FILE, old, new)
    assert data_error(sources.load_sources, tmp_path) == f"docs/about/sources.toml:2: 1.01 {advice}"


@pytest.mark.parametrize(
    ("damage", "advice"),
    [
        ("heading = listen", "docs/about/sources.toml:5: this is not TOML: Invalid value. Correct the line."),
        ("", "1.01 needs words that stand on its page, or the heading: write one of the two."),
        ('words = ["1"]', None),
        ('words = ["5000", "2"]', 'docs/guides/port.md has no words "2": correct the row, or the page.'),
        ('heading = "listen-well"', None),
        ('heading = "listten"', 'docs/guides/port.md has no heading "listten": correct the row, or the page.'),
    ],
)
def test_words_and_a_heading_that_a_page_has_not_stop_the_build_with_the_line_of_the_row(damage, advice, tmp_path):
    """The real Sphinx builds a project of two pages, with two of the site's extensions and without its conf.py."""
    files = {
        "docs/index.md": "# Home\n\n```{toctree}\nguides/port\n```\n\n```{sources} 1\n```\n",
        "docs/guides/port.md": "# Port\n\n1\n\n## Listen well\n\nOn 5000.\n",
        sources.FILE: GOOD.replace('heading = "listen"', damage),
    }
    write_files(tmp_path, files)
    command = [sys.executable, "-m", "sphinx", "-C", "-W", "-q", "-D", "myst_heading_anchors=3"]
    command += ["-D", "extensions=myst_parser,handbook.sphinxext.sources", "docs", "built"]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    result = subprocess.run(command, cwd=tmp_path, env=env, text=True, capture_output=True)
    assert (result.returncode == 0) is (advice is None), result.stderr
    if advice:
        assert advice in result.stderr
        assert "Invalid" in advice or "docs/about/sources.toml:1: " in result.stderr
        assert "Traceback" not in result.stderr
    else:
        identifier = "port" if "words" in damage else "listen-well"
        assert f'href="guides/port.html#{identifier}"' in (tmp_path / "built/index.html").read_text("utf-8")


@pytest.fixture(params=LANGUAGES)
def page(request, browser):
    """Yield the page in one language, on a phone."""
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto((SITE / request.param / "about/sources.html").as_uri())
    yield page
    page.close()


def visible(page) -> int:
    return page.locator("table.sources tbody tr:visible").count()


def test_the_box_shows_the_rows_with_all_the_words_and_the_verdict(page):
    assert visible(page) == len(ROWS)
    words, verdict = page.locator("form.filter input"), page.locator("form.filter select")
    words.fill("GUNICORN wsgi")
    found = page.locator("table.sources tbody tr:visible").all_text_contents()
    assert 0 < len(found) < 20
    assert all("gunicorn" in text.lower() and "wsgi" in text.lower() for text in found)
    assert page.locator("form.filter output").text_content() == f"{len(found)} / {len(ROWS)}"
    words.fill("")
    for index, name in zip(count(1), ("kept", "corrected", "dropped"), strict=False):
        verdict.select_option(index=index)
        assert visible(page) == sum(row["verdict"] == name for row in ROWS.values())
    words.fill("no such words")
    assert visible(page) == 0


def test_accents_and_capitals_make_no_difference(browser):
    page = browser.new_page()
    page.goto((SITE / "es/about/sources.html").as_uri())
    for words in ("dirección", "DIRECCION"):
        page.locator("form.filter input").fill(words)
        assert visible(page) > 5
    page.close()


def test_the_box_is_labelled_in_the_language_of_the_page(browser):
    labels = []
    for language in ("en", "es"):
        page = browser.new_page()
        page.goto((SITE / language / "about/sources.html").as_uri())
        labels.append(page.locator("form.filter label").all_text_contents())
        page.close()
    assert all(english != spanish for english, spanish in zip(*labels, strict=True))


def test_without_javascript_every_row_is_shown_and_no_box(browser):
    page = browser.new_page(java_script_enabled=False)
    page.goto((SITE / "en/about/sources.html").as_uri())
    assert visible(page) == len(ROWS)
    assert not page.locator("form.filter").is_visible()
    page.close()


def test_nothing_runs_off_the_screen_of_a_phone(page):
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    wide = "[...document.querySelectorAll('table.sources')].filter(t => t.scrollWidth > t.parentElement.clientWidth)"
    assert page.evaluate(f"{wide}.length") == 0
