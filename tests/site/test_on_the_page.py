"""Tabs, trees of files, tables on a phone: site.css, site.js; handbook/sphinxext/table_cards.py, tabs.py, tree.py."""

import re

import pytest
from playwright.sync_api import expect

from handbook.fake_heroku.dyno import copy_app
from handbook.paths import ROOT, SITE
from tests.conftest import LANGUAGES, parse_page
from tests.site import fonts
from tests.site.conftest import DESK_WIDTH, PHONE_WIDTH
from tests.site.test_site import files

TABBED = {"guides/dependencies": 4, "guides/python-version": 4, "tutorial/first-deploy": 2}
OPEN = ".tab-content:visible"
TREES = [
    (path.stem, slug)
    for path in sorted((ROOT / "docs").rglob("*.md"))
    for slug in re.findall(r"^```\{tree\} (\S+)$", path.read_text("utf-8"), re.MULTILINE)
]
BROKEN = "//div[contains(@class, 'broken') and contains(@class, 'file')]//pre/@aria-label"
# Returns the beginning of each table, cell and list of commands whose content is wider than its box.
OVERFLOWING_BOXES = """() => [...document.querySelectorAll("article .table-wrapper, article td, .commands pre")]
  .filter((box) => box.scrollWidth > box.clientWidth + 1 && getComputedStyle(box).display !== "inline")
  .map((box) => box.textContent.trim().slice(0, 80))"""
# Returns each word of inline code that stands on two lines although one has room for it.
BROKEN_WORDS = r"""() => [...document.querySelectorAll("article code")].flatMap((code) => {
  const texts = document.createTreeWalker(code, NodeFilter.SHOW_TEXT), broken = [];
  const lines = (range) => new Set([...range.getClientRects()].filter((box) => box.width).map((box) => box.top)).size;
  while (!code.closest("pre") && texts.nextNode()) {
    for (const word of texts.currentNode.data.matchAll(/\S+/g)) {
      const range = document.createRange();
      range.setStart(texts.currentNode, word.index);
      range.setEnd(texts.currentNode, word.index + word[0].length);
      const room = code.closest("p, li, td, dd, dt, h1, h2, h3, h4, div").clientWidth;
      const width = [...range.getClientRects()].reduce((sum, box) => sum + box.width, 0);
      if (lines(range) > 1 && width < room) broken.push(word[0]);
    }
  }
  return broken;
})"""


@pytest.mark.parametrize("width", [PHONE_WIDTH, DESK_WIDTH])
@pytest.mark.parametrize("path", ["reference/errors", "guides/uwsgi", "reference/limits"])
def test_a_word_of_inline_code_such_as_an_option_is_not_broken_at_its_hyphen(visit, path, width):
    page = visit(f"en/{path}.html", width=width)
    assert page.evaluate(BROKEN_WORDS) == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_choice_holds_for_every_page_that_offers_it_and_after_a_reload(visit, code):
    page = visit(f"{code}/guides/dependencies.html")
    page.get_by_text("uv", exact=True).and_(page.locator("label")).click()
    expect(page.locator(OPEN)).to_contain_text("pyproject.toml")
    page.goto(f"/{code}/guides/python-version.html")
    expect(page.get_by_role("radio", name="uv", exact=True)).to_be_checked()
    expect(page.locator(OPEN)).to_have_count(1)
    page.goto(f"/{code}/tutorial/first-deploy.html")
    expect(page.get_by_role("radio").first).to_be_checked()
    page.get_by_text("macOS", exact=True).click()
    page.reload()
    expect(page.get_by_role("radio", name="macOS")).to_be_checked()


def test_the_arrow_keys_move_between_tabs_and_the_focus_is_seen(visit):
    page = visit("en/guides/dependencies.html")
    page.get_by_role("radio", name="pip", exact=True).focus()
    page.keyboard.press("ArrowRight")
    chosen = page.get_by_role("radio", name="uv", exact=True)
    expect(chosen).to_be_checked()
    expect(chosen).to_be_focused()
    assert chosen.evaluate("input => getComputedStyle(input.nextElementSibling).outlineStyle") == "solid"
    expect(page.locator(OPEN)).to_contain_text("uv sync")


def test_a_link_into_a_closed_tab_opens_it(visit):
    page = visit("en/guides/dependencies.html#with-poetry")
    expect(page.get_by_role("radio", name="Poetry")).to_be_checked()
    expect(page.locator("#with-poetry")).to_be_in_viewport()
    page.evaluate("location.hash = 'with-pipenv'")
    expect(page.locator("#with-pipenv")).to_be_in_viewport()


def test_a_percent_sign_in_the_address_is_no_error(visit):
    page, faults = visit("en/guides/dependencies.html"), []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto("/en/guides/dependencies.html#100%")
    page.get_by_text("uv", exact=True).and_(page.locator("label")).click()
    expect(page.get_by_role("radio", name="uv", exact=True)).to_be_checked()
    assert faults == []


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("path", TABBED)
def test_without_javascript_and_in_print_every_tab_is_open_under_its_name(visit, code, path):
    page = visit(f"{code}/{path}.html", java_script_enabled=False)
    expect(page.locator(OPEN)).to_have_count(TABBED[path])
    printed = visit(f"{code}/{path}.html")
    expect(printed.locator(OPEN)).to_have_count(1)
    printed.emulate_media(media="print")
    expect(printed.locator(OPEN)).to_have_count(TABBED[path])
    expect(printed.locator(".tab-set > label:visible")).to_have_count(TABBED[path])


def test_the_pages_with_tabs_are_the_ones_that_these_tests_look_at():
    tabbed = [name for name, file in files("en").items() if 'class="tab-set' in file.read_text("utf-8")]
    assert tabbed == sorted(f"{page}.html" for page in TABBED)


def paths(branch, folder: str = "") -> list[str]:
    """Return the paths of the files in a tree, which is nested lists of names."""
    found = []
    for item in branch.findall("li"):
        name = folder + item.find("p").text_content()
        inside = item.find("ul")
        found += [name] if inside is None else paths(inside, name)
    return found


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize(("page", "slug"), TREES)
def test_a_tree_has_the_files_of_the_app_that_the_tests_boot(code, page, slug, tmp_path):
    booted = copy_app(slug, tmp_path / slug)
    own = [path.relative_to(booted).as_posix() for path in booted.rglob("*") if path.is_file()]
    [shown] = parse_page(SITE / code / "guides" / f"{page}.html").xpath("//div[contains(@class, 'file-tree')]/ul")
    assert sorted(paths(shown)) == sorted(own)
    assert not shown.xpath(".//pre"), "a tree is not for copying"


def test_some_guides_show_their_trees():
    assert len(TREES) >= 3


@pytest.mark.parametrize("code", LANGUAGES)
def test_on_a_phone_no_table_and_no_list_of_commands_is_wider_than_the_screen(shared_page, code):
    shared_page.set_viewport_size({"width": PHONE_WIDTH, "height": 844})
    wide = {}
    for path, file in files(code).items():
        if parse_page(file).xpath("//article//table | //div[contains(@class, 'commands')]"):
            shared_page.goto(f"/{code}/{path}")
            fonts.use_font(shared_page, "wide")
            wide[path] = shared_page.evaluate(OVERFLOWING_BOXES)
    assert len(wide) > 20
    assert {path: found for path, found in wide.items() if found} == {}


@pytest.mark.parametrize("code", LANGUAGES)
def test_each_cell_of_a_card_has_the_name_of_its_column_as_its_table_does(code):
    cards = [
        table for file in files(code).values() for table in parse_page(file).xpath("//table[contains(@class, 'cards')]")
    ]
    assert cards
    for table in cards:
        names = [head.text_content().strip() for head in table.xpath("./thead/tr/th")]
        assert len(names) >= 3
        for row in table.xpath("./tbody/tr"):
            assert [cell.get("data-head", "") for cell in row.xpath("./td")] == names


def test_on_a_phone_a_card_shows_the_name_and_on_a_desk_the_table_does(visit):
    page = visit("en/reference/limits.html", width=PHONE_WIDTH)
    cell = page.locator("table.cards td[data-head]").nth(1)
    label = "cell => getComputedStyle(cell, '::before').content"
    assert "Value" in cell.evaluate(label) or "attr" in cell.evaluate(label)
    page.set_viewport_size({"width": 1280, "height": 800})
    assert cell.evaluate(label) == "none"


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_file_that_fails_on_purpose_says_so_to_those_who_listen(code):
    said = {name for file in files(code).values() for name in parse_page(file).xpath(BROKEN)}
    words = {"en": "fails, on purpose", "es": "falla a propósito"}
    assert said
    assert [name for name in said if words.get(code, "") not in name] == []
