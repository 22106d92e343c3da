"""The built site, read from its files: languages that mirror each other, links that resolve, nothing from elsewhere."""

import re
from functools import cache
from os.path import normpath
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from handbook import snippet_comments as comments
from handbook.checks import list_pages
from handbook.paths import ROOT, SITE, SNIPPETS, site_url
from handbook.sphinxext import languages, snippet
from handbook.translation import messages
from tests.conftest import LANGUAGES, parse_page

TRANSLATED = LANGUAGES[1:]
FINISHED = [code for code in TRANSLATED if languages.is_finished(code)]
DIRECTIVE = re.compile(r"^`{3,}\{snippet\} (\S+)\n(?::part: (\S+)\n)?", re.MULTILINE)


@cache
def anchors(path: Path) -> list[str]:
    return parse_page(path).xpath("//@id")


def files(code: str) -> dict[str, Path]:
    """Return {path inside the language: file} of every page that was built."""
    return {path.relative_to(SITE / code).as_posix(): path for path in sorted((SITE / code).rglob("*.html"))}


def every_file() -> list[Path]:
    return [SITE / "index.html", *(path for code in LANGUAGES for path in files(code).values())]


def name(path: Path) -> str:
    return path.relative_to(SITE).as_posix()


def target(path: Path, href: str) -> Path:
    """Return the file that a link on a page leads to, with SITE_URL as the root of the site."""
    root = site_url()
    start, href = (SITE, href.removeprefix(root)) if root and href.startswith(root) else (path.parent, href)
    found = Path(normpath(start / unquote(urlsplit(href).path)))
    return path if not urlsplit(href).path else found


def alternates(path: Path) -> dict[str, str]:
    return {
        link.get("hreflang"): link.get("href") for link in parse_page(path).xpath("//link[@rel='alternate'][@hreflang]")
    }


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_page_of_the_sources_and_the_search_exist_in_every_language(code):
    expected = {page.with_suffix(".html").as_posix() for page in list_pages(ROOT)} | {"search.html"}
    assert set(files(code)) == expected
    assert {parse_page(path).get("lang") for path in files(code).values()} == {languages.language_tag(code)}


def test_each_page_names_itself_its_complete_alternates_and_a_default_and_the_alternates_answer():
    for path in every_file():
        links = alternates(path)
        named = [code for code in LANGUAGES if languages.language_tag(code) in links]
        assert {"en", *FINISHED} <= set(named), name(path)
        assert list(links) == [*map(languages.language_tag, named), "x-default"], name(path)
        for code, href in links.items():
            assert target(path, href).is_file(), f"{name(path)} offers {code} at {href}: no such file"
        own = name(path).partition("/")[0]
        if own in named:
            assert target(path, links[languages.language_tag(own)]) == path, f"{name(path)} does not name itself"
            for code in named:
                alternate = target(path, links[languages.language_tag(code)])
                back = {target(alternate, href) for href in alternates(alternate).values()}
                assert path in back, f"{name(path)} names {name(alternate)}, which does not name it"


def test_links_to_alternates_are_absolute_when_the_address_of_the_site_is_known(monkeypatch):
    monkeypatch.setenv("SITE_URL", "https://example.org/docs")
    found = {
        alternate["code"]: (alternate["url"], alternate["href"])
        for alternate in languages.list_alternates("guides/gunicorn")
    }
    assert found["es"] == ("https://example.org/docs/es/guides/gunicorn.html", "../../es/guides/gunicorn.html")
    monkeypatch.delenv("SITE_URL")
    assert {alternate["code"]: alternate["url"] for alternate in languages.list_alternates("index")}[
        "es"
    ] == "../es/index.html"


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_anchor_of_the_english_page_is_on_its_twin(code):
    for page, english in files("en").items():
        # A table that is sorted by its words has another order in each language, so the order is not compared.
        assert sorted(anchors(english)) == sorted(anchors(SITE / code / page)), page


def test_every_link_inside_the_site_leads_to_a_file_and_to_an_anchor_that_exist():
    faults = []
    for path in every_file():
        for link in parse_page(path).xpath("//@href | //@src"):
            if urlsplit(link).scheme and not (site_url() and link.startswith(site_url())):
                continue
            aim, anchor = target(path, link), unquote(urlsplit(link).fragment)
            if not aim.is_file() or (anchor and aim.suffix == ".html" and anchor not in anchors(aim)):
                faults.append(f"{name(path)}: {link}")
    assert not faults


def test_nothing_is_loaded_from_another_host():
    faults = []
    for path in every_file():
        loaded = parse_page(path).xpath("//@src | //@srcset | //@poster | //object/@data")
        loaded += parse_page(path).xpath("//link[not(@rel='alternate' or @rel='canonical')]/@href")
        styles = parse_page(path).xpath("//style/text() | //@style")
        faults += [f"{name(path)}: {url}" for url in loaded if urlsplit(url).netloc and url.split(":")[0] != "data"]
        faults += [f"{name(path)}: {style}" for style in styles if loads_from_elsewhere(style)]
    faults += [name(path) for path in SITE.rglob("*.css") if loads_from_elsewhere(path.read_text("utf-8"))]
    assert not faults


def loads_from_elsewhere(css: str) -> bool:
    return bool(re.search(r"url\(\s*[\"']?(https?:)?//|@import", css))


def test_the_root_page_lists_every_language_without_javascript():
    root = parse_page(SITE / "index.html")
    offered = {link.get("lang"): link.get("href") for link in root.xpath("//nav/a")}
    assert offered == {languages.language_tag(code): f"{code}/index.html" for code in LANGUAGES}
    assert [link.text for link in root.xpath("//nav/a")] == list(languages.list_languages().values())
    assert root.get("lang") == "en"


@pytest.mark.parametrize("code", LANGUAGES)
def test_each_page_has_one_title_and_headings_that_skip_no_level(code):
    for page, path in files(code).items():
        levels = [int(heading.tag[1]) for heading in parse_page(path).xpath("//h1 | //h2 | //h3 | //h4 | //h5 | //h6")]
        assert levels.count(1) == 1, page
        assert all(below - above <= 1 for above, below in zip([0, *levels], levels, strict=False)), (page, levels)


def blocks(code: str, page: Path) -> list[str]:
    """Return the text of each captioned block of code of a page, in order."""
    found = parse_page(SITE / code / page.with_suffix(".html")).xpath(
        "//div[contains(@class, 'literal-block-wrapper')]//pre"
    )
    return [block.text_content() for block in found]


def list_snippets(page: Path) -> list[tuple[Path, str | None]]:
    """Return (file, part) of each snippet of a page, in order."""
    found = DIRECTIVE.findall((ROOT / "docs" / page).read_text("utf-8"))
    return [(SNIPPETS / file, part or None) for file, part in found]


def test_an_english_page_shows_its_files_as_they_are():
    for page in list_pages(ROOT):
        assert blocks("en", page) == [
            snippet.extract_part(path.read_text("utf-8"), part) for path, part in list_snippets(page)
        ], page


@pytest.mark.parametrize("code", FINISHED)
def test_comments_are_shown_in_the_language_of_the_page(code):
    for page in list_pages(ROOT):
        translated = messages.load_translations(ROOT / "locale" / code / "LC_MESSAGES" / page.with_suffix(".po"))
        for (path, _part), text in zip(list_snippets(page), blocks(code, page), strict=True):
            for _row, _column, words in comments.find_comments(path, text):
                assert words in translated.values(), f"{page}, {path.name}: {words}"


@pytest.mark.parametrize("code", TRANSLATED)
def test_code_is_the_same_in_every_language_to_the_byte(code):
    for page in list_pages(ROOT):
        paths = [path for path, _part in list_snippets(page)]
        code_only = [
            [
                comments.translate_comments(path, text, lambda _words: "")
                for path, text in zip(paths, shown_text, strict=True)
            ]
            for shown_text in (blocks("en", page), blocks(code, page))
        ]
        assert code_only[0] == code_only[1], page


def readable_texts(path: Path) -> dict[str, str]:
    """Return {text: path of the page} for each text of three words or more that a reader of a page sees or hears."""
    # Not translated: code, labels of Heroku's pages, what Heroku prints (in italics) and the glossary.
    kept = "ancestor::pre or ancestor::code or ancestor::script or ancestor::style or ancestor::em"
    kept += " or ancestor::*[contains(@class, 'guilabel') or @translate='no']"
    kept += " or ancestor::span[contains(@class, 'notranslate')]"
    kept += " or ancestor::table[contains(@class, 'terms')]"
    texts = parse_page(path).xpath(f"//text()[not({kept})]")
    texts += parse_page(path).xpath(
        "//@title | //@aria-label | //@alt | //@placeholder | //meta[@name='description']/@content"
    )
    slugs = {folder.name for folder in SNIPPETS.iterdir()}
    site = parse_page(path).xpath("string(//*[@class='sidebar-brand-text'])")
    sentences = (" ".join(text.split()).removesuffix(f" - {site}") for text in texts)
    return {
        sentence: name(path)
        for sentence in sentences
        if len(re.findall(r"\S*[^\W\d_]\S*", sentence)) >= 3 and not slugs.issuperset(sentence.split(", "))
    }


@pytest.mark.parametrize("code", FINISHED)
def test_no_sentence_stays_english_on_a_translated_page(code):
    english = {sentence for path in files("en").values() for sentence in readable_texts(path)}
    translated = {words: where for path in files(code).values() for words, where in readable_texts(path).items()}
    left = [f"{where}: {words}" for words, where in translated.items() if words in english]
    assert not left, "\n".join(["translate these:", *left])
