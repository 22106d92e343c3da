"""Fixtures of the tests that read the built site in a browser."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from handbook.paths import ROOT, SITE
from handbook.translation.pseudolocale import CODE as ACCENTS
from tests.conftest import LANGUAGES

expect.set_options(timeout=30_000)  # long, because the machine may be busy
PHONE_WIDTH, DESK_WIDTH = 390, 1280
FOLDERS = {code: SITE / code for code in LANGUAGES} | {ACCENTS: ROOT / "_build" / "pseudo" / "html"}
AXE_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], "resultTypes": ["violations"]}


class QuietRequestHandler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_args) -> None:
        pass


class NotFoundRequestHandler(QuietRequestHandler):
    """Respond to a wrong address with 404.html, as GitHub Pages and Read the Docs do."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        body = (Path(self.directory) / "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def serve_folder(folder: Path, handler: type[QuietRequestHandler] = QuietRequestHandler) -> Iterator[str]:
    """Yield the address of a folder that is served on loopback."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """Yield the address of the site, served from _build/html."""
    with serve_folder(SITE) as address:
        yield address


@pytest.fixture
def visit(browser: Browser, site: str) -> Iterator[Callable[..., Page]]:
    """Yield visit(path, **options of the browser context): a browser page in a new context."""
    contexts = []

    def open_page(path: str, width: int = DESK_WIDTH, **options) -> Page:
        options.setdefault("locale", "en-US")
        contexts.append(browser.new_context(base_url=site, viewport={"width": width, "height": 800}, **options))
        page = contexts[-1].new_page()
        page.goto(f"/{path}")
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def shared_page(browser: Browser, site: str) -> Iterator[Page]:
    """Yield one browser page that all tests of a worker share; only for tests that change nothing which is stored."""
    page = browser.new_page(base_url=site, locale="en-US", viewport={"width": PHONE_WIDTH, "height": 800})
    yield page
    page.close()
