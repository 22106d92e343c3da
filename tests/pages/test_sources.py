"""docs/about/sources.md: what became of each snippet and wrong claim of the five guides can be found."""

import re
from itertools import count

import pytest

from handbook.paths import ROOT, SITE
from handbook.sphinxext import sources

ROWS = sources.read(ROOT)
NUMBER = re.compile(r"([1-5])\.(C?)(\d\d)")


def test_the_page_counts_the_rows_which_stand_in_order_without_a_gap():
    """Each of their 105 snippets and 85 claims. The guides are not here: that no later one is lacking is not proved."""
    text = (ROOT / "docs" / "about" / "sources.md").read_text("utf-8")
    counts = re.search(r"their (\d+) snippets, and for each of the (\d+) claims", text).groups()
    assert counts == (str(sum("C" not in number for number in ROWS)), str(sum("C" in number for number in ROWS)))
    numbers = [NUMBER.fullmatch(number).groups() for number in ROWS]
    assert numbers == sorted(numbers)
    for guide in "12345":
        snippets = [int(number) for of, claim, number in numbers if of == guide and not claim]
        assert snippets == [*range(1, len(snippets) + 1)]
        assert snippets


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
