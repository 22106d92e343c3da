"""The built site, read in a real browser: languages, copying, themes, screens, keyboard."""

import re

import pytest
from playwright.sync_api import Page, expect

from handbook.checks import list_pages
from handbook.paths import ROOT
from handbook.sphinxext import snippet
from tests.conftest import LANGUAGES
from tests.site.conftest import DESK_WIDTH, PHONE_WIDTH
from tests.site.test_site import files, list_snippets

ANCHORED = "guides/gunicorn.html#threads"
# Returns the boxes that scroll sideways, of the two that can: the page, and Furo's box of the text.
# Makes localStorage refuse every access, as a browser does whose reader allows no site to store data.
BLOCK_STORAGE = """Object.defineProperty(window, "localStorage", {
  get() { throw new DOMException("Access is denied", "SecurityError"); } })"""
OVERFLOWING_PAGE = """[document.documentElement, ...document.querySelectorAll("div.content")].filter(
  (box) => box.scrollWidth > box.clientWidth).map((box) => box.outerHTML.split("\\n")[0])"""


def test_the_language_links_keep_the_place_on_the_page_there_and_back(visit, site):
    page = visit(f"en/{ANCHORED}")
    for name, code in [("Español", "es"), ("English", "en")]:
        page.get_by_role("link", name=name, exact=True).click()
        page.wait_for_url(f"{site}/{code}/{ANCHORED}")
        expect(page.locator("#threads")).to_be_in_viewport()
        assert page.locator("html").get_attribute("lang") == code


@pytest.mark.parametrize(("locale", "code"), [("es-MX", "es"), ("es", "es"), ("en-GB", "en"), ("fr", "en")])
def test_the_root_page_follows_the_language_of_the_browser(visit, site, locale, code):
    visit("", locale=locale).wait_for_url(f"{site}/{code}/index.html")


def test_the_root_page_remembers_the_language_that_was_chosen(visit, site):
    page = visit("en/index.html")
    page.get_by_role("link", name="Español", exact=True).click()
    page.wait_for_url(f"{site}/es/index.html")
    page.goto("/")
    page.wait_for_url(f"{site}/es/index.html")


def open_without_storage(browser, address: str) -> Page:
    page = browser.new_page(locale="es")
    page.add_init_script(BLOCK_STORAGE)
    page.goto(address)
    return page


def test_where_storage_is_blocked_the_root_page_follows_the_language_of_the_browser(browser, site):
    page = open_without_storage(browser, site)
    page.wait_for_url(f"{site}/es/index.html")
    page.close()


def test_where_storage_is_blocked_a_link_opens_its_tab_and_a_tab_opens_all_of_its_name(browser, site):
    page = open_without_storage(browser, f"{site}/en/guides/dependencies.html#with-poetry")
    expect(page.get_by_role("radio", name="Poetry")).to_be_checked()
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.get_by_text("uv", exact=True).and_(page.locator("label")).click()
    expect(page.get_by_role("radio", name="uv", exact=True)).to_be_checked()
    page.get_by_role("link", name="Español", exact=True).click()
    page.wait_for_url(f"{site}/es/guides/dependencies.html#with-poetry")
    assert len(faults) == 1, "only the script of Furo that asks for the theme while a page loads"
    page.close()


@pytest.mark.parametrize("stored", ["x", "5", "null", '{"a": 1}'])
def test_a_stored_choice_that_is_damaged_is_replaced_by_the_next(visit, stored):
    page = visit("en/guides/dependencies.html")
    page.evaluate("stored => localStorage.setItem('tabs', stored)", stored)
    page.goto("/en/guides/dependencies.html#with-poetry")
    page.reload()
    expect(page.get_by_role("radio", name="Poetry")).to_be_checked()
    page.get_by_text("uv", exact=True).and_(page.locator("label")).click()
    page.goto("/en/guides/python-version.html")
    expect(page.get_by_role("radio", name="uv", exact=True)).to_be_checked()


def test_the_root_page_offers_its_languages_without_javascript(visit, site):
    page = visit("", java_script_enabled=False)
    page.get_by_role("link", name="Español").click()
    page.wait_for_url(f"{site}/es/index.html")


@pytest.mark.parametrize(
    "source", [page for page in list_pages(ROOT) if list_snippets(page)], ids=lambda page: page.stem
)
def test_the_copy_button_gives_the_file(visit, source):
    page = visit(f"en/{source.with_suffix('.html').as_posix()}", permissions=["clipboard-read", "clipboard-write"])
    blocks = page.locator(".literal-block-wrapper")
    expect(blocks).to_have_count(len(list_snippets(source)))
    for index, (path, part) in enumerate(list_snippets(source)):
        button = blocks.nth(index).locator("button.copybtn")
        if any(folder.startswith("broken-") for folder in path.parts) and path.suffix != ".bash":
            # A file that fails on purpose has no copy button. A command has one: it repairs the app or shows the fault.
            expect(button).to_have_count(0)
            continue
        page.evaluate("navigator.clipboard.writeText('')")
        blocks.nth(index).evaluate("block => block.closest('.tab-content')?.previousElementSibling.click()")
        button.click()
        expect(button).to_have_class(re.compile("success"))
        text = snippet.extract_part(path.read_text("utf-8"), part)
        commands = "".join(line[2:] for line in text.splitlines(keepends=True) if line.startswith("$ "))
        assert page.evaluate("navigator.clipboard.readText()") == (commands or text).rstrip("\n"), path


def test_a_command_is_copied_without_its_prompt_and_its_output(visit):
    page = visit("en/guides/gunicorn.html", permissions=["clipboard-read", "clipboard-write"])
    page.locator("pre").first.evaluate("pre => pre.textContent = '$ flask --version\\nPython 3\\n$ flask run\\n'")
    page.locator("button.copybtn").first.click()
    expect(page.locator("button.copybtn").first).to_have_class(re.compile("success"))
    assert page.evaluate("navigator.clipboard.readText()") == "flask --version\nflask run"


def is_dark(page: Page) -> bool:
    colour = page.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")
    return max(int(part) for part in re.findall(r"\d+", colour)[:3]) < 0x40


@pytest.mark.parametrize(("scheme", "other"), [("light", "dark"), ("dark", "light")])
def test_the_site_takes_the_theme_of_the_device_and_its_button_changes_it(visit, scheme, other):
    page = visit("en/index.html", color_scheme=scheme)
    assert is_dark(page) == (scheme == "dark")
    page.locator(".theme-toggle-content .theme-toggle").click()
    expect(page.locator("body")).to_have_attribute("data-theme", other)
    page.reload()
    assert is_dark(page) == (other == "dark")


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_page_fits_a_phone_and_a_desk_without_an_error_or_another_host(visit, site, code):
    page = visit(f"{code}/index.html")
    faults = []
    page.on("console", lambda said: said.type == "error" and faults.append((page.url, said.text)))
    page.on("pageerror", lambda error: faults.append((page.url, str(error))))
    page.on("request", lambda request: request.url.startswith(site) or faults.append((page.url, request.url)))
    page.on("response", lambda answer: answer.status < 400 or faults.append((answer.status, answer.url)))
    for path in files(code):
        page.goto(f"/{code}/{path}")
        for width in (PHONE_WIDTH, DESK_WIDTH):
            page.set_viewport_size({"width": width, "height": 800})
            if wide := page.evaluate(OVERFLOWING_PAGE):
                faults.append((page.url, f"{width} px are too narrow for {wide}"))
    assert not faults, "\n".join(map(str, faults))


def test_the_keyboard_reaches_the_content_the_languages_and_the_copy_button(visit):
    page = visit("en/guides/gunicorn.html", permissions=["clipboard-read", "clipboard-write"])
    focus = page.locator("*:focus")
    page.keyboard.press("Tab")
    expect(focus).to_have_text("Skip to content")
    expect(focus).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(focus).to_have_attribute("hreflang", "en")
    for _press in range(20):
        page.keyboard.press("Tab")
        if focus.evaluate("element => element.matches('.copybtn')"):
            break
    expect(focus).to_have_css("opacity", "1")
    page.keyboard.press("Enter")
    expect(page.locator(".copybtn.success")).to_have_count(1)
