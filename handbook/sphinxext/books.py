"""Settings of the EPUB, which replace the style and scripts of the site; and the links to the books, if there are any.

The EPUB is built with the tag ``books`` (handbook/books.py): sphinx-build -b epub -t books.
"""

import re
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config

from handbook.paths import BOOKS, book_filename

DRAWING = re.compile(r"<svg .*?</svg>", re.DOTALL)
SCREEN_ONLY = re.compile(r"<(form|script|noscript)\b.*?</\1>", re.DOTALL)
PARAGRAPH = re.compile(r"<p(?=[ >])")


def configure_epub(app: Sphinx, config: Config) -> None:
    """Leave out the templates, scripts and styles of the site; use the style of docs/_books."""
    if "books" in app.tags:
        config.templates_path, config.html_css_files, config.html_js_files = [], [], []
        config.html_static_path = [str(Path(app.srcdir, "_books"))]
        config.epub_css_files = ["book.css"]
        config.epub_show_urls = "no"
        config.version = config.release = "1"  # EPUB needs a version; the site has none


def convert_to_xhtml(app: Sphinx, _page: str, _template: str, context: dict, _doctree: object) -> None:
    """Make a page valid XHTML for the EPUB: without scripts and forms, the <p> of drawings in their own namespace."""
    if "books" in app.tags:
        context["script_files"] = []
        body = SCREEN_ONLY.sub("", context.get("body", "")).replace(' checked="True"', ' checked="checked"')
        context["body"] = DRAWING.sub(
            lambda drawn: PARAGRAPH.sub(r'<p xmlns="http://www.w3.org/1999/xhtml"', drawn[0]), body
        )


def add_book_links(app: Sphinx, page: str, _template: str, context: dict, _doctree: object) -> None:
    if page == "index" and app.config.has_books:
        context["books"] = {kind: f"../books/{book_filename(app.config.language, kind)}" for kind in ("pdf", "epub")}


def setup(app: Sphinx) -> None:
    app.add_config_value("has_books", BOOKS.is_dir(), "html")
    app.connect("config-inited", configure_epub)
    app.connect("html-page-context", convert_to_xhtml, priority=900)
    app.connect("html-page-context", add_book_links)
