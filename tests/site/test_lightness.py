"""A page is light: it has few files and few bytes, and nothing moves while it loads. Measured in Chromium.

The bytes are counted after gzip, which most servers use.
"""

import gzip
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from handbook.paths import SITE
from tests.conftest import LANGUAGES
from tests.site.conftest import DESK_WIDTH, PHONE_WIDTH
from tests.site.test_site import files

KIB = 1024
REQUESTS = 8
TOTAL = 40 * KIB
# The limit of the files that all pages share and the browser loads once: style sheet, script, favicon.
SHARED = 25 * KIB
SHARED_FILES = {"bundle.css", "bundle.js", "icon.svg"}
# Reference lists are longer than a guide. They have a limit for their own HTML instead of TOTAL.
HTML_LIMITS = {"about/sources.html": 20 * KIB, "reference/errors.html": 39 * KIB}
LAYOUT_SHIFT = """() => new Promise((resolve) => {
  const observer = new PerformanceObserver(() => {}), next = requestAnimationFrame;
  const sum = (entries) => entries.reduce((total, entry) => total + entry.value, 0);
  observer.observe({ type: "layout-shift", buffered: true });
  next(() => next(() => resolve(sum(observer.takeRecords()))));
})"""


def list_requests(page, path: str) -> dict[str, int]:
    """Return {address of a file: its bytes, compressed} of all that the first view of a page loads."""
    answers: list = []

    def note(answer) -> None:
        answers.append(answer)

    page.on("response", note)
    page.goto(f"/{path}", wait_until="load")
    page.remove_listener("response", note)
    return {answer.url: size(answer.url) for answer in answers}


@cache
def size(url: str) -> int:
    """Return the bytes of a file of the site, compressed."""
    path = unquote(urlsplit(url).path)
    return len(gzip.compress((SITE / path.lstrip("/")).read_bytes(), 6))


def name(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2]


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_page_is_light_and_the_index_of_the_search_comes_when_one_searches(visit, code):
    page = visit(f"{code}/search.html")
    faults = []
    for path in files(code):
        # Responses from the browser's cache are counted, too.
        found = list_requests(page, f"{code}/{path}")
        told = f"{path} loads " + ", ".join(f"{name(url)} {size / KIB:.1f} KiB" for url, size in found.items())
        own = sum(size for url, size in found.items() if name(url) == Path(path).name)
        shared = sum(size for url, size in found.items() if name(url) in SHARED_FILES)
        if len(found) > REQUESTS or "search-index.js" in told:
            faults.append(f"{told}: {REQUESTS} files at most, and not the index of the search")
        if shared > SHARED:
            faults.append(f"{told}: {SHARED / KIB} KiB at most of what all pages share")
        if own + shared > TOTAL if path not in HTML_LIMITS else own > HTML_LIMITS[path]:
            faults.append(
                f"{told}: {TOTAL / KIB} KiB at most with what is shared, or {HTML_LIMITS.get(path, 0) / KIB} without"
            )
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("width", [PHONE_WIDTH, DESK_WIDTH])
@pytest.mark.parametrize("code", LANGUAGES)
def test_nothing_moves_while_a_page_loads(visit, code, width):
    page = visit(f"{code}/search.html", width=width)
    moved = {}
    for path in files(code):
        page.goto(f"/{code}/{path}", wait_until="load")
        if shift := page.evaluate(LAYOUT_SHIFT):
            moved[path] = shift
    assert not moved
