"""docs/index.md: one screen that says what the site is, searches it, and sends each reader on; its numbers are true."""

import json
import re
import tomllib

import pytest

from handbook.paths import ROOT, SITE, SNIPPETS
from handbook.sphinxext import proof
from tests.conftest import LANGUAGES, parse_page
from tests.site import fonts
from tests.site.conftest import DESK_WIDTH
from tests.test_snippets import of_type

SCREENS = {"phone": (390, 844), "desk": (DESK_WIDTH, 800)}
REQUIRED_PARTS = ("article form.search-box", "#flask-on-heroku > h1", "figure.drawing", ".ways li", "ul.proof")
PARTS_BELOW_THE_FOLD = """selectors => selectors.flatMap((selector) => [...document.querySelectorAll(selector)])
  .filter((box) => box.getBoundingClientRect().bottom > innerHeight)
  .map((box) => box.textContent.trim() || box.tagName)"""


def numbers(code: str) -> list[str]:
    return parse_page(SITE / code / "index.html").xpath("//ul[contains(@class, 'proof')]//strong/text()")


@pytest.mark.parametrize("font", fonts.FONTS)
@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("code", LANGUAGES)
def test_the_front_page_shows_search_figure_ways_in_and_numbers_on_one_screen(visit, code, screen, font):
    width, height = SCREENS[screen]
    page = visit(f"{code}/index.html", width=width)
    page.set_viewport_size({"width": width, "height": height})
    fonts.use_font(page, font)
    assert page.locator(".ways li").count() == 5
    assert page.evaluate(PARTS_BELOW_THE_FOLD, list(REQUIRED_PARTS)) == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_each_way_in_is_one_link_as_large_as_its_card(visit, code):
    page = visit(f"{code}/index.html", width=390)
    for card in page.locator(".ways li").all():
        box = card.bounding_box()
        aim = card.get_by_role("link").get_attribute("href")
        hit = page.evaluate(
            "([x, y]) => document.elementFromPoint(x, y).closest('a')?.getAttribute('href')",
            [box["x"] + box["width"] - 8, box["y"] + box["height"] - 8],
        )
        assert hit == aim


@pytest.mark.parametrize("code", LANGUAGES)
def test_front_page_numbers_are_those_of_the_tests_in_every_language(code):
    """Counted: the apps that test_snippets starts, the errors that a test provokes, the prompts of the transcripts."""
    entries = tomllib.loads((ROOT / "docs/reference/errors.toml").read_text("utf-8")).values()
    printed = sum(1 for entry in entries if not all(by.startswith("https:") for by in entry["proof"]))
    pages = "".join(path.read_text("utf-8") for path in (ROOT / "docs").rglob("*.md"))
    names = set(re.findall(r"^```\{snippet\} (\S+\.console)$", pages, re.MULTILINE))
    typed = sum((SNIPPETS / name).read_text("utf-8").count("\n$ ") + 1 for name in names)
    assert numbers(code)[:3] == [str(len(of_type("web"))), str(printed), str(typed)]


def test_the_day_is_that_of_the_last_whole_run_and_none_where_none_is_known(tmp_path):
    assert proof.find_last_passed_day(tmp_path) == ""
    (tmp_path / "_build").mkdir()
    kept = tmp_path / "_build" / "passed"
    kept.write_text("no run")
    assert proof.find_last_passed_day(tmp_path) == ""
    run = {"python": "3.14.0", "state": "1"}
    kept.write_text(json.dumps({"index": run | {"day": "2026-11-25"}, "guides/cors": run | {"day": "2026-11-26"}}))
    assert proof.find_last_passed_day(tmp_path) == "2026-11-26"
    assert numbers("en")[3:] == list(filter(None, [proof.find_last_passed_day(ROOT)]))
