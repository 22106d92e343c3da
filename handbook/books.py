"""`make books`: the site for reading offline, in _build/html/books: a PDF and an EPUB for each language, and a zip.

The PDF is made of the built pages, in the order of the front page: Chromium prints them, once to learn on which page
each begins, and once more with these numbers in the contents. Sphinx makes the EPUB.
"""

import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from io import BytesIO
from pathlib import Path
from posixpath import normpath
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from lxml import html as lxml_html
from playwright.sync_api import Browser, sync_playwright
from pypdf import PdfReader

from handbook.paths import ROOT, SITE, book_filename
from handbook.programs import LONG_SECONDS, run_program
from handbook.sphinxext import languages

STYLESHEET = ROOT / "docs" / "_books" / "book.css"
FOOTER_TEMPLATE = '<div style="width:100%;text-align:center;font-size:8px"><span class="pageNumber"></span></div>'
# XPath of the elements that only a page on a screen needs.
SCREEN_ONLY = ".//nav | .//script | .//noscript | .//form | .//button | .//*[contains(@class, 'headerlink')] | .//input"
SCREEN_ONLY += " | .//*[contains(@class, 'toctree-wrapper')] | .//p[contains(' passed books page-foot feed download ', "
SCREEN_ONLY += "concat(' ', @class, ' '))]"


def list_pages(code: str) -> list[str]:
    """Return the pages of a language in the order of the menu, the front page first: "index", "tutorial/…"."""
    links = lxml_html.parse(SITE / code / "index.html").xpath("//div[contains(@class, 'sidebar-tree')]//a/@href")
    return ["index", *dict.fromkeys(link.removesuffix(".html") for link in links if link.endswith(".html"))]


def element_id(page: str, anchor: str = "") -> str:
    """Return the id that a page, or an anchor on it, has in the book."""
    return f"{page}--{anchor}" if anchor else page


def render_chapter(code: str, page: str, pages: list[str]) -> tuple[str, str]:
    """Return (title, HTML) of a page, with its ids and links changed to those of the book."""
    document = lxml_html.parse(SITE / code / f"{page}.html", lxml_html.HTMLParser(encoding="utf-8"))
    [article] = document.xpath("//article")
    for element in article.xpath(SCREEN_ONLY):
        element.drop_tree()
    title = escape(article.find(".//h1").text_content())
    for element in article.xpath(".//*[@id and not(ancestor-or-self::svg)]"):
        element.set("id", element_id(page, element.get("id")))
    for link in article.xpath(".//a[@href]"):
        path, _hash, anchor = link.get("href").partition("#")
        if re.match(r"[a-z]+:", path):
            continue
        target = normpath(f"{page}/../{path}").removesuffix(".html") if path else page
        if target in pages:
            link.set("href", f"#{element_id(target, anchor)}")
        else:
            link.drop_tag()  # a download, the search: not in the book
    inside = lxml_html.tostring(article, encoding="unicode")
    return title, f'<section class="page" id="{element_id(page)}">{inside}</section>'


def render_book(code: str, numbers: dict[str, int]) -> str:
    """Return the whole book as one page of HTML. numbers: {page: the number on which it begins}, if known."""
    pages = list_pages(code)
    chapters = {page: render_chapter(code, page, pages) for page in pages}
    contents = "".join(
        f'<li><a href="#{element_id(page)}">{title}<span class="number">{numbers.get(page, "0")}</span></a></li>'
        for page, (title, _body) in chapters.items()
    )
    heading = chapters["index"][0]
    body = "".join(body for _title, body in chapters.values())
    style = STYLESHEET.read_text("utf-8")
    return (
        f'<!doctype html><html lang="{languages.language_tag(code)}"><meta charset="utf-8"><title>{heading}</title>'
        f'<style>{style}</style><nav class="contents"><h1>{heading}</h1><ol>{contents}</ol></nav>{body}</html>'
    )


def print_pdf(browser: Browser, text: str) -> bytes:
    """Return a page of HTML as a PDF, with its outline and the number of each page."""
    page = browser.new_page()
    page.set_content(text)
    pdf = page.pdf(
        prefer_css_page_size=True,
        display_header_footer=True,
        header_template="<span></span>",
        footer_template=FOOTER_TEMPLATE,
        outline=True,
        tagged=True,
    )
    page.close()
    return pdf


def find_page_numbers(pdf: bytes) -> dict[str, int]:
    """Return {id: page number from 1} of each place to which a link of a PDF leads."""
    reader = PdfReader(BytesIO(pdf))
    found = {place: reader.get_destination_page_number(target) for place, target in reader.named_destinations.items()}
    return {place.lstrip("/"): number + 1 for place, number in found.items() if number is not None}


def make_pdf(browser: Browser, code: str) -> bytes:
    """Return the PDF of a language."""
    return print_pdf(browser, render_book(code, find_page_numbers(print_pdf(browser, render_book(code, {})))))


def make_epub(code: str, folder: Path = ROOT / "_build" / "epub") -> bytes:
    """Return the EPUB of a language, built in a folder. Raises CalledProcessError where Sphinx fails."""
    out = folder / code
    options = ["-D", f"language={code}", "-D", f"epub_basename=book-{code}", "-t", "books", "-d", f"{out}-doctrees"]
    command = [sys.executable, *"-m sphinx -c . -W -n --keep-going -q -b epub docs".split(), str(out)]
    run_program([*command, *options], cwd=ROOT, check=True, timeout=LONG_SECONDS)
    return declare_drawings(out / f"book-{code}.epub")


def declare_drawings(path: Path) -> bytes:
    """Return the EPUB with properties="svg" for each chapter with a drawing, which Sphinx leaves out."""
    content = BytesIO()
    with ZipFile(path) as made, ZipFile(content, "w", ZIP_DEFLATED) as found:
        files = {name: made.read(name) for name in made.namelist()}  # "mimetype" comes first, and is not compressed
        drawn = {name for name, text in files.items() if name.endswith(".xhtml") and b"<svg " in text}
        for name, text in files.items():
            if name == "content.opf":
                text = re.sub(
                    rb'<item id="[^"]*" href="([^"]+)"',
                    lambda item: item[0] + b' properties="svg"' if item[1].decode() in drawn else item[0],
                    text,
                )
            found.writestr(ZipInfo(name), text, ZIP_STORED if name == "mimetype" else ZIP_DEFLATED)
    return content.getvalue()


def zip_site() -> bytes:
    """Return a zip of the built site, without the books. The same site always gives the same bytes."""
    content = BytesIO()
    with ZipFile(content, "w", ZIP_DEFLATED) as found:
        for path in sorted(path for path in SITE.rglob("*") if path.is_file()):
            inside = path.relative_to(SITE)
            if inside.parts[0] != "books" and path.name != ".buildinfo":
                found.writestr(ZipInfo(f"flask-on-heroku/{inside.as_posix()}"), path.read_bytes(), ZIP_DEFLATED)
    return content.getvalue()


def find_chromium() -> str | None:
    """Return the path of Chromium, None where there is none."""
    names = [os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"]
    return next(filter(None, map(shutil.which, filter(None, names))), None)


@contextmanager
def launch_chromium() -> Iterator[Browser]:
    """Yield a headless Chromium. Raises SystemExit where there is none."""
    if not (path := find_chromium()):
        raise SystemExit("Chromium is missing: `make tools` installs it, or set CHROMIUM to the path of one.")
    args = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=path, args=args) as browser:
        yield browser


def write_book(folder: Path, name: str, content: bytes) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    print(f"{(folder / name).relative_to(ROOT)}: {len(content) // 1024} KB")


def main() -> None:
    folder = SITE / "books"
    with launch_chromium() as browser:
        for code in languages.list_languages():
            write_book(folder, book_filename(code, "pdf"), make_pdf(browser, code))
    for code in languages.list_languages():
        write_book(folder, book_filename(code, "epub"), make_epub(code))
    write_book(folder, "flask-on-heroku-site.zip", zip_site())


if __name__ == "__main__":
    main()
