"""The addresses in a published site: under a path of a host or on its own domain, with one unfinished language.

A small project is built with the real Makefile, settings and extensions.
"""

import json
import re
import shutil
import struct
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from lxml import etree, html
from playwright.sync_api import expect

from handbook import site_files
from handbook.paths import ROOT
from handbook.sphinxext import changes, social_cards
from handbook.translation import pseudolocale
from tests.conftest import replace_in_file
from tests.handbook.test_checks import GOOD
from tests.handbook.test_translations import copy_project, make, parse_page, translate_all
from tests.site.conftest import NotFoundRequestHandler, serve_folder

CHANGES = """
[port]
date = 2026-01-31
kind = "corrected"
what = "Heroku chooses the port."
page = "guides/port"
"""
SITE = {
    "docs/index.md": "# Home\n\nWelcome to the ports.\n\n```{toctree}\nguides/port\nabout/changes\n```\n",
    "docs/about/changes.md": "# Changes\n\nThese are the changes.\n\n```{changes} corrected\n```\n",
    "docs/about/changes.toml": CHANGES,
    "docs/about/sources.toml": "",
}
PAGES = ["index", "guides/port", "about/changes"]
REPOSITORY = "https://code.example.org/you/handbook"
XML = {"s": site_files.SITEMAP, "x": site_files.XHTML}
ADDRESSES = ["https://example.org/team/handbook", "https://handbook.example.org"]


def publish(folder: Path, address: str) -> None:
    """Build a project in a folder: in English, finished Spanish and unfinished French."""
    languages = {"locale/es/language.toml": "finished = true\n", "locale/fr/language.toml": "finished = false\n"}
    copy_project(folder, GOOD | SITE | languages)
    shutil.copy(ROOT / "package.json", folder)
    make(folder, "po")
    translate_all(*(folder / "locale" / "es").rglob("*.po"))
    make(folder, "html", f"SITE_URL={address}", f"REPOSITORY_URL={REPOSITORY}")


@pytest.fixture(scope="module", params=ADDRESSES, ids=["under-a-path", "on-a-domain"])
def published(request, tmp_path_factory) -> tuple[str, Path]:
    """Return (address of the site, folder of its project), which no test may change."""
    folder = tmp_path_factory.mktemp("project")
    publish(folder, request.param)
    return request.param, folder


def meta(tree: html.HtmlElement, name: str) -> str:
    return tree.xpath(f"string(//meta[@property='{name}' or @name='{name}']/@content)")


@pytest.mark.parametrize("code", ["en", "es", "fr"])
def test_the_head_of_a_page_has_its_whole_address_and_those_of_its_finished_translations(published, code):
    address, folder = published
    for page in PAGES:
        tree = parse_page(folder, code, page)
        own = f"{address}/{code}/{page}.html"
        assert tree.xpath("//link[@rel='canonical']/@href") == [own]
        assert meta(tree, "og:url") == own
        alternates = {link.get("hreflang"): link.get("href") for link in tree.xpath("//link[@hreflang]")}
        default = f"{address}/index.html" if page == "index" else f"{address}/en/{page}.html"
        both = {tag: f"{address}/{tag}/{page}.html" for tag in ("en", "es")}
        assert alternates == both | {"x-default": default}
        assert meta(tree, "og:title") == tree.xpath("string(//h1)").rstrip("#¶")
        assert meta(tree, "og:description") == meta(tree, "description") != ""


@pytest.mark.parametrize("code", ["en", "es", "fr"])
def test_a_shared_link_has_a_picture_and_search_engines_know_what_the_page_is(published, code):
    address, folder = published
    for page in PAGES:
        tree = parse_page(folder, code, page)
        picture = meta(tree, "og:image")
        assert picture == f"{address}/{code}/_cards/{page}.png"
        content = (folder / "_build/html" / picture.removeprefix(f"{address}/")).read_bytes()
        assert struct.unpack(">II", content[16:24]) == social_cards.SIZE
        (text,) = tree.xpath("//script[@type='application/ld+json']/text()")
        article, *steps = json.loads(text)["@graph"]
        assert article["url"] == f"{address}/{code}/{page}.html"
        assert article["inLanguage"] == code
        assert article["headline"] == meta(tree, "og:title")
        if page != "index":
            assert [step["item"] for step in steps[0]["itemListElement"]] == [
                f"{address}/{code}/index.html",
                article["url"],
            ]


def test_the_sitemap_lists_every_finished_page_with_its_translations_and_robots_find_it(published):
    address, folder = published
    site = folder / "_build" / "html"
    assert (site / "robots.txt").read_text("utf-8").splitlines()[-1] == f"Sitemap: {address}/sitemap.xml"
    urls = etree.parse(str(site / "sitemap.xml")).getroot().findall("s:url", XML)
    found = {url.findtext("s:loc", namespaces=XML): url for url in urls}
    assert set(found) == {f"{address}/{code}/{page}.html" for code in ("en", "es") for page in PAGES}
    for where, url in found.items():
        assert (site / where.removeprefix(f"{address}/")).is_file()
        links = {link.get("hreflang"): link.get("href") for link in url.findall("x:link", XML)}
        assert set(links) == {"en", "es", "x-default"}
        assert where in links.values()


@pytest.mark.parametrize("code", ["en", "es", "fr"])
def test_the_files_for_programs_have_whole_addresses(published, code):
    address, folder = published
    site = folder / "_build" / "html"
    base = f"{address}/{code}/"
    overview = (site / code / "llms.txt").read_text("utf-8")
    assert re.findall(r"\]\((\S+)\)", overview)[:3] == [f"{base}{page}.md" for page in PAGES]
    assert f"<!-- {base}guides/port.html -->" in (site / code / "llms-full.txt").read_text("utf-8")
    feed = etree.parse(str(site / code / changes.FEED)).getroot()
    links = [link.get("href") for link in feed.iter(f"{{{changes.ATOM}}}link")]
    assert links == [f"{base}{name}" for name in (changes.FEED, "about/changes.html", "guides/port.html")]
    assert f"({base}llms.txt)" in (site / "llms.txt").read_text("utf-8")


@pytest.mark.parametrize("code", ["en", "es", "fr"])
def test_a_page_leads_to_the_very_file_to_correct(published, code):
    _address, folder = published
    for page in PAGES:
        links = parse_page(folder, code, page).xpath("//p[@class='page-foot']/a/@href")
        files = [link.removeprefix(f"{REPOSITORY}/edit/main/") for link in links]
        catalogue = [] if code == "en" else [f"locale/{code}/LC_MESSAGES/{page}.po"]
        assert files == [*catalogue, f"docs/{page}.md", REPOSITORY]
        assert all((folder / file).is_file() for file in files[:-1])


def test_the_foot_of_a_page_is_running_text_and_no_column(published, browser):
    page = browser.new_page()
    page.goto((published[1] / "_build/html/en/index.html").as_uri())
    assert page.locator("p.page-foot").evaluate("foot => getComputedStyle(foot).display") == "block"
    page.close()


def test_another_word_of_the_theme_is_on_every_page_after_the_next_build(tmp_path):
    """Only the catalogue of the theme has changed, no page itself."""
    publish(tmp_path, ADDRESSES[0])
    theme = tmp_path / "locale" / "fr" / "LC_MESSAGES" / "sphinx.po"
    english = 'msgid "Improve this translation"\nmsgstr "'
    replace_in_file(theme, f'{english}"', f'{english}Améliorer"')
    make(tmp_path, "html", f"SITE_URL={ADDRESSES[0]}", f"REPOSITORY_URL={REPOSITORY}")
    for page in PAGES:
        links = parse_page(tmp_path, "fr", page).xpath("//p[@class='page-foot']/a/text()")
        assert links == ["Améliorer", "Correct the English page", "Source code"], page


def test_a_wrong_address_under_the_path_of_the_site_leads_back_into_the_site(published, browser, tmp_path):
    """The site is served below the path of its address."""
    address, folder = published
    path, top = urlsplit(address).path, folder / "_build" / "html"
    if path:
        link, top = tmp_path / path.strip("/"), tmp_path
        link.parent.mkdir(parents=True)
        link.symlink_to(folder / "_build" / "html")
        shutil.copy(link / "404.html", top)
    with serve_folder(top, NotFoundRequestHandler) as at:
        base = f"{at}{path}"
        page, faults = browser.new_page(), []
        page.goto(f"{base}/es/guides/deep/down/portt.html")
        expect(page.locator("section:visible")).to_have_attribute("lang", "es")
        page.on("response", lambda answer: answer.status < 400 or faults.append(answer.url))
        page.locator("section:visible").get_by_role("button").click()
        page.wait_for_url(f"{base}/es/search.html?q=portt")
        page.goto(f"{base}/es/nothing")
        faults.clear()
        page.locator("section:visible a").first.click()
        page.wait_for_url(f"{base}/es/index.html")
        page.locator("nav.languages a[hreflang=en]").click()
        page.wait_for_url(f"{base}/en/index.html")
        page.close()
    assert not faults


def test_a_card_is_the_same_on_every_machine_and_drawn_once(tmp_path, monkeypatch):
    """The font is a pinned package and Pillow calculates in whole numbers, so every machine draws the same pixels."""
    path = social_cards.make_card("¿Por qué dice «Application error»?", "Flask en Heroku", tmp_path)
    pixels = social_cards.Image.open(path).convert("RGB").tobytes()
    assert sha256(pixels).hexdigest()[:16] == "d198904193a90857"
    monkeypatch.setattr(social_cards, "draw_card", None)
    assert social_cards.make_card("¿Por qué dice «Application error»?", "Flask en Heroku", tmp_path) == path


def test_a_title_is_whole_on_its_card_and_a_script_without_letters_has_none(tmp_path):
    face, lines = social_cards.fit_title(" ".join(["Postgres"] * 14))
    assert len(lines) == social_cards.MAX_LINES
    assert all(face.getlength(line) <= social_cards.WIDTH - 2 * social_cards.MARGIN for line in lines)
    assert social_cards.make_card("ポート", "Flask on Heroku", tmp_path) is None
    assert social_cards.make_card(pseudolocale.add_accents("Ports"), "Flask on Heroku", tmp_path)
