"""handbook/books.py: the PDF and the EPUB of each language, made from the built site, and a zip of the site.

The tests make the files that they read. They do not need `make books`, which writes the same files into the site.
"""

import re
import subprocess
import unicodedata
from functools import cache
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile

import pytest
from lxml import etree
from pypdf import PdfReader

from handbook import books
from handbook.paths import BOOKS
from tests.conftest import LANGUAGES, parse_page
from tests.site.test_site import files

CURE = "`make tools` installs it."
XHTML = "{http://www.w3.org/1999/xhtml}"


@pytest.fixture(scope="module")
def make_pdf(browser):
    """Return make_pdf("es"): the PDF of a language."""
    return cache(lambda code: PdfReader(BytesIO(books.make_pdf(browser, code))))


@pytest.fixture(scope="module")
def pdf_pages(make_pdf):
    """Return pdf_pages("es"): the text of each page of that PDF, which takes longer to read than to print."""
    return cache(lambda code: [page.extract_text() for page in make_pdf(code).pages])


@pytest.fixture(scope="module")
def make_epub(tmp_path_factory):
    """Return make_epub("es"): the path of the EPUB of a language, built in a folder of this worker."""
    folder = tmp_path_factory.mktemp("books")

    @cache
    def bind(code: str) -> Path:
        path = folder / f"{code}.epub"
        path.write_bytes(books.make_epub(code, folder / "built"))
        return path

    return bind


def normalize(text: str) -> str:
    """Return a text without spaces, and with letters in place of ligatures."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def list_pages(code: str) -> list[str]:
    return [path.removesuffix(".html") for path in files(code) if path != "search.html"]


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_pdf_has_every_page_in_its_contents_with_the_number_on_which_it_begins(make_pdf, pdf_pages, code):
    pdf = make_pdf(code)
    assert sorted(books.list_pages(code)) == sorted(list_pages(code))
    first = pdf.get_destination_page_number(pdf.named_destinations["/index"])
    listed = normalize("".join(pdf_pages(code)[:first]))
    for page in books.list_pages(code):
        number = pdf.get_destination_page_number(pdf.named_destinations[f"/{page}"]) + 1
        title = parse_page(files(code)[f"{page}.html"]).xpath("string(//article//h1)").rstrip("¶")
        assert normalize(f"{title}{number}") in listed, (page, number)
    assert len(pdf.outline) > 50


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_book_has_nothing_that_belongs_to_a_screen(code):
    """Links to a download, to a feed or to the place where a page can be corrected are useless in a book."""
    on_screen = "".join(file.read_text("utf-8") for file in files(code).values())
    for name in ("page-foot", "feed", "download"):
        assert f'<p class="{name}' in on_screen, name
    in_book = books.render_book(code, {})
    screen_only = ("passed", "books", "page-foot", "feed", "download")
    assert [name for name in screen_only if f'<p class="{name}' in in_book] == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_each_sheet_of_the_pdf_has_its_number(pdf_pages, code):
    assert [number for number, text in enumerate(pdf_pages(code), 1) if str(number) not in text.split()] == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_each_link_inside_the_pdf_leads_to_a_place_in_it(make_pdf, code):
    pdf = make_pdf(code)
    links = [note.get_object() for sheet in pdf.pages for note in sheet.get("/Annots", [])]
    inside = [link["/Dest"] for link in links if "/Dest" in link]
    assert len(inside) > 500
    assert [aim for aim in inside if aim not in pdf.named_destinations] == []
    outside = {link["/A"]["/URI"] for link in links if "/URI" in link.get("/A", {})}
    assert [address for address in outside if not address.startswith(("https:", "http:", "mailto:"))] == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_line_of_code_leaves_the_paper(browser, code):
    """The viewport is as wide as the paper between its margins: a line that does not fit would be cut off."""
    page = browser.new_page(viewport={"width": 672, "height": 1000})
    page.set_content(books.render_book(code, {}))
    page.emulate_media(media="print")
    over = "() => [...document.querySelectorAll('pre, td')].filter((box) => box.scrollWidth > box.clientWidth + 1)"
    assert page.locator("pre").count() > 200
    assert page.evaluate(f"({over})().map((box) => box.textContent.slice(0, 60))") == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.close()


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_epub_is_valid(make_epub, code, require):
    checker = [require("java", CURE), "-jar", require("epubcheck", CURE)]  # Debian's program is a jar
    result = subprocess.run([*checker, make_epub(code)], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr[:4000]


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_epub_has_every_page_well_formed_and_its_language(make_epub, code):
    with ZipFile(make_epub(code)) as book:
        first = book.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", ZIP_STORED)
        chapters = {name: etree.fromstring(book.read(name)) for name in book.namelist() if name.endswith(".xhtml")}
        opf = etree.fromstring(book.read("content.opf"))
    assert {f"{page}.xhtml" for page in list_pages(code)} <= chapters.keys()
    assert opf.xpath("string(//*[local-name()='language'])") == code
    for name, chapter in chapters.items():
        ids = chapter.xpath("//@id")
        assert len(ids) == len(set(ids)), name
        assert chapter.find(f".//{XHTML}script") is None, name
        declared = opf.xpath(f"//*[local-name()='item' and @href='{name}']/@properties")
        assert ("svg" in " ".join(declared)) == bool(chapter.xpath("//*[local-name()='svg']")), name


def test_the_zip_has_the_site_and_not_the_books():
    with ZipFile(BytesIO(books.zip_site())) as found:
        names = found.namelist()
    expected = {f"flask-on-heroku/{code}/{path}" for code in LANGUAGES for path in files(code)}
    assert {"flask-on-heroku/index.html", *expected} <= set(names)
    assert not [name for name in names if "/books/" in name]


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_front_page_links_to_the_books_where_they_are_and_nowhere_else(code):
    links = parse_page(files(code)["index.html"]).xpath("//p[@class='books']//a/@href")
    assert all((files(code)["index.html"].parent / link).is_file() for link in links)
    assert len(links) == (3 if BOOKS.is_dir() else 0)
