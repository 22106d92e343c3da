"""docs/about/sources.md: every snippet and every wrong claim of the five guides is accounted for, and can be found."""

from collections import Counter
from itertools import count

import pytest

from handbook.paths import ROOT, SITE
from handbook.sphinxext import sources

ROWS = sources.read(ROOT)
SNIPPETS = {1: 10, 2: 18, 3: 12, 4: 38, 5: 27}
# Of the claims, those that were right are the guides' own.
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
    assert list(ROWS) == numbers()
    assert Counter("C" in number for number in ROWS) == {False: 105, True: 85}


def test_a_row_says_in_a_line_what_became_of_it_and_where_it_lives():
    for number, row in ROWS.items():
        assert row.keys() == {"what", "verdict", "today", "page"}, number
        assert row["verdict"] in ("kept", "corrected", "dropped"), number
        assert bool(row["page"]) == (row["verdict"] != "dropped"), number
        assert not row["page"] or (ROOT / "docs" / f"{row['page']}.md").is_file(), number
        assert 0 < len(row["what"]) <= 120, number
        assert 0 < len(row["today"]) <= 140, number
        assert "\n" not in row["what"] + row["today"], number


@pytest.fixture(params=["en", "es"])
def page(request, browser):
    """Return the page in one language, on a phone."""
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
