"""docs/about/tested.md, "Pages are followed as a reader would": a word that cannot be translated is found.

Chromium shows the site in a language that accents every letter (handbook/translation/pseudolocale.py). A word without
an accent is untranslated English: it must be code, a label of Heroku's pages, or marked as the same everywhere.
"""

import re
import runpy

import pytest
from playwright.sync_api import Page, expect

from handbook.checks import list_pages
from handbook.paths import ROOT
from tests.site.conftest import PHONE_WIDTH, serve_folder
from tests.site.test_browser import OVERFLOWING_PAGE
from tests.site.test_search import results

CONFIG = runpy.run_path(str(ROOT / "conf.py"))
SITE = ROOT / "_build" / "pseudo" / "html"
PAGES = [page.with_suffix(".html").as_posix() for page in list_pages(ROOT)] + ["search.html"]
HEADINGS = [re.findall("^#+ .*", (ROOT / "docs" / page).read_text("utf-8"), re.MULTILINE) for page in list_pages(ROOT)]
CODE = re.compile("`([^`]+)`")
# Code that some texts repeat without markup, and so without accents: code of page titles, in window titles and links;
# code of headings, in the labels of the regions below them.
CODE_IN_TITLES = CODE.findall(" ".join(of_page[0] for of_page in HEADINGS))
CODE_IN_HEADINGS = CODE.findall(" ".join(heading for of_page in HEADINGS for heading in of_page))
# Returns the texts of a page without accents. "same" selects what is the same in every language. The script also skips
# printed output in comments ("#>"), and addresses that are links to themselves.
ENGLISH = r"""([codeInTitles, codeInHeadings]) => {
  const same = "code, pre, kbd, script, style, .guilabel, .notranslate:not([class^=highlight]), [translate=no]";
  const address = (link) => link && [link.href, link.host].includes(link.textContent);
  const kept = (element) => element.closest(same) || address(element.closest("a"));
  const said = [];
  // The code of a page stands in its description as plain words.
  const codes = [...document.querySelectorAll("article code")].map((code) => code.textContent);
  codes.sort((one, other) => other.length - one.length);
  const withoutCode = (text) => codes.reduce((rest, code) => rest.replaceAll(code, ""), text);
  const say = (element, text, where = element.localName) => {
    const isTitle = element.matches("title, link, a *");
    const own = element.matches("[role=region]") ? codeInHeadings : isTitle ? codeInTitles : [];
    for (const code of own) text = text.replace(code, "");
    if (/[A-Za-z]{2}/.test(text)) said.push(`${where}: ${text.trim()}`);
  };
  const read = (root) => {
    for (const element of root.querySelectorAll("*")) {
      if (element.matches("pre .c1, pre .c")) say(element, element.textContent.replace(/^#>.*|^# v[\d.]+$/, ""));
      if (element.matches("noscript")) read(new DOMParser().parseFromString(element.textContent, "text/html"));
      if (kept(element) || element.matches("noscript")) continue;
      for (const node of element.childNodes) if (node.nodeType === Node.TEXT_NODE) say(element, node.data);
      for (const name of ["title", "alt", "aria-label", "aria-description", "placeholder", "data-tooltip"])
        if (element.hasAttribute(name)) say(element, element.getAttribute(name), `${element.localName}[${name}]`);
      if (element.matches("meta[name=description], meta[property^='og:']")) say(element, withoutCode(element.content));
      for (const place of ["::before", "::after"])
        for (const [words] of getComputedStyle(element, place).content.matchAll(/"[^"]*"/g))
          say(element, withoutCode(words), place);
    }
  };
  read(document);
  return [...new Set(said)];
}"""


@pytest.fixture(scope="session")
def page(browser):
    """Yield one browser page, as wide as a phone, that all tests of a worker share."""
    with serve_folder(SITE) as address:
        page = browser.new_page(base_url=address, viewport={"width": PHONE_WIDTH, "height": 800})
        yield page
        page.close()


def english(page: Page) -> list[str]:
    return page.evaluate(ENGLISH, [CODE_IN_TITLES, CODE_IN_HEADINGS])


@pytest.mark.parametrize("path", PAGES)
def test_every_word_of_a_page_can_be_translated_and_a_third_longer_it_fits_a_phone(page: Page, path):
    assert page.goto(f"/{path}").ok, "`make pseudo` builds it"
    # A script adds the copy buttons after the page has loaded.
    expect(page.locator("button.copybtn")).to_have_count(page.locator(CONFIG["copybutton_selector"]).count())
    assert english(page) == []
    assert page.locator(".in-progress, article [lang=en]:not([translate], .notranslate)").count() == 0
    assert page.evaluate(OVERFLOWING_PAGE) == []


@pytest.mark.parametrize("word", ["uwsgi", "wsgi.py", "xyzzy"])
def test_whatever_the_search_says_can_be_translated(page: Page, word):
    page.goto(f"/search.html?q={word}")
    results(page)
    # The results quote the pages, which the test above checks.
    page.locator("ol.search-results").evaluate("found => found.remove()")
    assert english(page) == []


def test_what_the_copy_button_answers_can_be_translated(page: Page):
    page.goto("/guides/uwsgi.html")
    page.locator("button.copybtn").first.click()
    expect(page.locator("button.copybtn.success")).to_be_visible()
    assert english(page) == []
