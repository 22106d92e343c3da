"""docs/about/tested.md, "Pages are followed as a reader would": pages are accessible on a wide screen and on a phone.

Every page is checked in Chromium, in both languages, in a font as wide as a reader's may be (tests/site/fonts.py).
"""

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from handbook.paths import SITE
from handbook.translation.pseudolocale import CODE as ACCENTS
from tests.conftest import LANGUAGES, parse_page
from tests.site import fonts
from tests.site.conftest import AXE_RULES, DESK_WIDTH, FOLDERS, PHONE_WIDTH
from tests.site.test_search import results
from tests.site.test_site import files

PAGES = [(code, path) for code in LANGUAGES for path in files(code)]
COLOURS = AXE_RULES | {"runOnly": ["color-contrast"]}
# A theme changes only colours, so the other rules are checked once for each width, in one theme.
RULES_WITHOUT_CONTRAST = AXE_RULES | {"rules": {"color-contrast": {"enabled": False}}}
FAULTS = """async ([within, rules]) => (await axe.run(within, rules)).violations.map((rule) =>
  `${rule.id}: ${rule.help}: ${rule.nodes.map((node) => node.target.join(" ")).join(", ")}`)"""
# Contrast depends on colours, size and weight. axe measures only the first of the elements that have the same look: to
# measure every element of a long page four times would take minutes.
ONE_OF_EACH_LOOK = """() => {
  const found = new Map(), none = ["rgba(0, 0, 0, 0)", "none", "1"];
  for (const element of document.body.querySelectorAll("*")) {
    element.removeAttribute("data-look");
    const says = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    if (!says || !element.checkVisibility({ visibilityProperty: true })) continue;
    const { color, fontSize, fontWeight } = getComputedStyle(element), look = [color, fontSize, fontWeight];
    for (let box = element; box; box = box.parentElement) {
      const { backgroundColor, backgroundImage, opacity } = getComputedStyle(box);
      look.push(...[backgroundColor, backgroundImage, opacity].filter((value) => !none.includes(value)));
    }
    if (!found.has(look.join())) found.set(look.join(), element);
  }
  for (const element of found.values()) element.setAttribute("data-look", "");
  return found.size;
}"""

# Returns the words that nobody can see: outside the screen, or cut off by a box that does not scroll. It skips text for
# screen readers (in a box no larger than a pixel, or clipped away), and the two menus while they are closed.
CUT_OFF = """(inside) => {
  const hidden = (box) => box.offsetWidth <= 1 || getComputedStyle(box).clipPath !== "none";
  const cuts = (edge, box, style) =>
    (style.overflowX !== "visible" && (edge.left < box.left - 1 || edge.right > box.right + 1)) ||
    (style.overflowY !== "visible" && (edge.top < box.top - 1 || edge.bottom > box.bottom + 1));
  const cut = (words, element) => {
    for (let box = element; box; box = box.parentElement) {
      if (box.matches(".sidebar-drawer, .toc-drawer") && !box.matches(inside)) return false;
      if (box === document.documentElement) return words.left < -1 || words.right > innerWidth + 1;
      const style = getComputedStyle(box);
      if (style.display === "contents" || style.display === "inline") continue;
      if (hidden(box)) return false;
      if (/auto|scroll/.test(style.overflowX + style.overflowY)) words = box.getBoundingClientRect();
      else if (cuts(words, box.getBoundingClientRect(), style)) return true;
    }
  };
  const texts = document.createTreeWalker(document.querySelector(inside), NodeFilter.SHOW_TEXT), found = [];
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    const words = document.createRange();
    words.selectNodeContents(text);
    const seen = text.data.trim() && text.parentElement.checkVisibility({ visibilityProperty: true });
    if (seen && [...words.getClientRects()].some((line) => cut(line, text.parentElement))) found.push(text.data.trim());
  }
  return found;
}"""
# Returns the boxes that scroll, except the page itself, and that the keyboard does not reach: a box must be focusable
# and have a name; a menu must contain a focusable element.
UNFOCUSABLE_BOXES = """() => [...document.body.querySelectorAll("*")].filter((box) => {
  const { overflowX, overflowY } = getComputedStyle(box);
  const across = box.scrollWidth > box.clientWidth && /auto|scroll/.test(overflowX);
  const down = box.scrollHeight > box.clientHeight && /auto|scroll/.test(overflowY);
  if (!(across || down) || box.matches("input, textarea")) return false;
  if (box.matches(".sidebar-scroll, .toc-scroll")) return !box.querySelector("a[href], input");
  box.focus();
  const named = box.getAttribute("role") === "region" && box.ariaLabel.trim();
  return !(box.getAttribute("tabindex") === "0" && document.activeElement === box && named);
}).map((box) => box.outerHTML.slice(0, 120))"""
WITHOUT_REGION = "//article//*[self::pre or self::table]"
WITHOUT_REGION += "[not(ancestor-or-self::*[@tabindex='0' and @role='region' and normalize-space(@aria-label)])]"


@pytest.fixture
def read(shared_page: Page) -> Callable[[str, str], Page]:
    """Return read("es", "guides/gunicorn.html"): that page in wide letters, on a phone, in the light theme."""

    def go(code: str, path: str) -> Page:
        shared_page.set_viewport_size({"width": PHONE_WIDTH, "height": 800})
        shared_page.emulate_media(color_scheme="light")
        if code == ACCENTS:
            shared_page.goto((FOLDERS[code] / path).as_uri())
        else:
            shared_page.goto(f"/{code}/{path}{'?q=gunicorn' if path == 'search.html' else ''}")
            if path == "search.html":
                results(shared_page)
        fonts.use_font(shared_page, "wide")
        return shared_page

    return go


@pytest.mark.parametrize(("code", "path"), PAGES)
def test_a_page_is_accessible_on_a_phone_and_a_desk_in_both_themes(read, code, path):
    page, faults = read(code, path), []
    page.evaluate(Axe().axe_script)
    for width in (PHONE_WIDTH, DESK_WIDTH):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme="light")
        faults += [f"{width} px: {fault}" for fault in page.evaluate(FAULTS, ["html", RULES_WITHOUT_CONTRAST])]
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert page.evaluate(ONE_OF_EACH_LOOK) > 5
            found = page.evaluate(FAULTS, ["[data-look]", COLOURS])
            faults += [f"{width} px, {scheme}: {fault}" for fault in found]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_root_page_is_accessible(visit, scheme):
    page = visit("en/index.html", color_scheme=scheme)
    # Its script, which redirects at once, is removed.
    page.set_content(re.sub(r"<script>.*?</script>", "", (SITE / "index.html").read_text("utf-8"), flags=re.DOTALL))
    found = Axe().run(page, options=AXE_RULES)
    assert not found.violations_count, found.generate_report()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_label_of_what_fails_on_purpose_stands_out_in_both_themes(visit, scheme):
    page = visit("en/guides/gunicorn.html", color_scheme=scheme)
    found = Axe().run(page, context=".broken-label", options={"runOnly": ["color-contrast"]})
    assert not found.violations_count, found.generate_report()
    assert [rule["id"] for rule in found.response["passes"]] == ["color-contrast"]


@pytest.mark.parametrize(("code", "path"), [(code, path) for code in FOLDERS for path in files("en")])
def test_on_a_phone_no_word_is_cut_off_and_whatever_scrolls_is_reached_with_the_keyboard(read, code, path):
    page = read(code, path)
    assert page.evaluate(CUT_OFF, ".main > .content") == []
    assert page.evaluate(UNFOCUSABLE_BOXES) == []
    for menu, drawer in [("#__navigation", ".sidebar-drawer"), ("#__toc", ".toc-drawer")]:
        page.locator(menu).evaluate("box => { box.checked = true }")
        assert page.evaluate(CUT_OFF, drawer) == []
        page.locator(menu).evaluate("box => { box.checked = false }")


def test_a_block_that_scrolls_is_moved_by_the_keys_and_says_its_name(read):
    page = read("es", "guides/gunicorn.html")
    block = page.get_by_role("region", name="Procfile").first
    block.evaluate("pre => { pre.textContent = 'web: gunicorn app:app '.repeat(20) }")
    block.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("pre => pre.scrollLeft > 0", arg=block.element_handle())


@pytest.mark.parametrize("code", LANGUAGES)
def test_each_table_and_block_of_code_is_a_named_region_without_javascript(code):
    found = {path: parse_page(file).xpath(WITHOUT_REGION) for path, file in files(code).items()}
    assert any(parse_page(file).xpath("//article//table") for file in files(code).values())
    assert {path: len(boxes) for path, boxes in found.items() if boxes} == {}
