"""How light a page is: few files, few bytes, and nothing moves while it loads. Measured in Chromium.

The bytes are those of gzip, as most servers send them.
"""

import gzip
from pathlib import Path

import pytest

from tests.site.conftest import DESK, PHONE
from tests.site.test_site import CODES, files

KIB = 1024
REQUESTS = 8
TOTAL = 40 * KIB
# What all pages share, the browser loads once: style sheet, script, picture of the tab.
SHARED = 25 * KIB
# Lists in which one looks something up are longer than a guide: the limit of their own text.
LISTS = {"about/sources.html": 20 * KIB, "reference/errors.html": 34 * KIB}
SHIFTS = """() => new Promise((resolve) => {
  const observer = new PerformanceObserver(() => {}), next = requestAnimationFrame;
  const sum = (entries) => entries.reduce((total, entry) => total + entry.value, 0);
  observer.observe({ type: "layout-shift", buffered: true });
  next(() => next(() => resolve(sum(observer.takeRecords()))));
})"""


def loaded(page, path: str) -> dict[str, int]:
    """Return {address of a file: its bytes, compressed} of all that the first view of a page loads."""
    answers: list = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(f"/{path}", wait_until="networkidle")
    return {answer.url: len(gzip.compress(answer.body(), 6)) for answer in answers}


def name(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2]


@pytest.mark.parametrize("code", CODES)
def test_a_page_is_light_and_the_index_of_the_search_comes_when_one_searches(visit, code):
    page = visit(f"{code}/search.html")
    for path in files(code):
        # A context of its own would take seconds; what is in the cache is answered from it, and counted all the same.
        found = loaded(page.context.new_page(), f"{code}/{path}")
        told = ", ".join(f"{name(url)} {size / KIB:.1f}" for url, size in found.items())
        own = {url: size for url, size in found.items() if name(url) == Path(path).name}
        shared = sum(found.values()) - sum(own.values())
        extra = {url for url in found if name(url) in ("log-box.js", "known-errors.js")}
        assert len(found) <= REQUESTS, f"{path} loads {told}"
        assert "search-index.js" not in told, f"{path} loads {told}"
        assert shared <= SHARED or extra, f"{path} loads {told} KiB: what is shared has grown"
        limit = LISTS.get(path)
        if limit:
            assert sum(own.values()) <= limit, f"{path} loads {told} KiB: its text has grown"
        else:
            assert sum(found.values()) <= TOTAL or extra, f"{path} loads {told} KiB"


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("code", CODES)
def test_nothing_moves_while_a_page_loads(visit, code, width):
    page = visit(f"{code}/search.html", width=width)
    moved = {}
    for path in files(code):
        page.goto(f"/{code}/{path}", wait_until="load")
        if shift := page.evaluate(SHIFTS):
            moved[path] = shift
    assert not moved
