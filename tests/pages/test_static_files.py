"""docs/guides/static-files.md: every claim the page makes, proved with Gunicorn and Chromium."""

import re
from collections.abc import Iterator

import pytest
import requests
from playwright.sync_api import Page

from handbook.fake_heroku.dyno import copy_app
from handbook.fake_heroku.process import DEFAULT_TIMEOUT, eventually
from handbook.paths import SNIPPETS
from tests.conftest import run_python

STYLE = (SNIPPETS / "static-files/static/style.css").read_text("utf-8")


@pytest.fixture
def visitor(browser) -> Iterator[Page]:
    """A page of a browser that has no files in its cache yet."""
    with browser.new_context() as context:
        page = context.new_page()
        page.set_default_timeout(DEFAULT_TIMEOUT * 1000)
        yield page


def get(address: str, encoding: str = "identity", **headers: str) -> requests.Response:
    return requests.get(address, headers={"Accept-Encoding": encoding, **headers}, timeout=DEFAULT_TIMEOUT)


def style_address(web) -> str:
    """Return the address of the style sheet in the app's page."""
    return web.router.url + re.search(r'href="(/static/style\.css[^"]*)"', get(web.router.url).text)[1]


def edge_width(page: Page) -> str:
    """Return the width of the line below the heading, which only the style sheet draws."""
    return page.locator("h1").evaluate("heading => getComputedStyle(heading).borderBottomWidth")


@pytest.mark.parametrize("name", ["static-files", "static-files/form-whitenoise"])
def test_the_page_arrives_with_its_style_sheet(dyno, visitor, name):
    with dyno(name).running() as web:
        visitor.goto(web.router.url)
        assert edge_width(visitor) == "2px"


def test_a_picture_is_sent_as_it_is(dyno):
    """“Images such as .jpg and .png are compressed already, and Flask-Compress leaves them as they are.”"""
    web = dyno("static-files")
    for name in ("photo.jpg", "photo.png"):
        (web.app / "static" / name).write_bytes(bytes(5000))
    with web.running():
        for name in ("photo.jpg", "photo.png"):
            answer = get(f"{web.router.url}/static/{name}", "gzip, deflate, br, zstd")
            assert "Content-Encoding" not in answer.headers
            assert len(answer.content) == 5000


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, deflate, br, zstd"])
def test_a_style_sheet_arrives_compressed_as_a_browser_asks_for_it(dyno, encoding):
    with dyno("static-files").running() as web:
        answer = get(f"{web.router.url}/static/style.css", encoding)
        assert answer.headers["Content-Encoding"] in encoding
        assert int(answer.headers["Content-Length"]) < len(STYLE)
        assert "Content-Encoding" not in get(f"{web.router.url}/static/style.css").headers


def test_without_flask_compress_nothing_is_compressed(dyno):
    """Neither Gunicorn, nor the router, nor WhiteNoise compresses what the app sends."""
    with dyno("static-files/form-whitenoise").running() as web:
        for path in ("/", "/static/style.css"):
            assert "Content-Encoding" not in get(web.router.url + path, "gzip, deflate, br, zstd").headers


def test_a_browser_keeps_a_file_for_an_hour_and_asks_for_a_changed_one_at_once(dyno, visitor):
    with dyno("static-files").running() as web:
        address = style_address(web)
        assert get(address).headers["Cache-Control"] == "public, max-age=3600"
        visitor.goto(web.router.url)
        visitor.goto(web.router.url)
        assert eventually(lambda: web.log.count("GET / ") >= 3), web.log
        # Once by get() above, once by the browser, which has it at the second visit.
        assert web.log.count("GET /static/style.css") == 2
        style = web.app / "static/style.css"
        style.write_text(style.read_text("utf-8").replace("2px solid", "5px solid"), "utf-8")
        assert style_address(web) != address
        visitor.goto(web.router.url)
        assert edge_width(visitor) == "5px"


def test_by_default_the_browser_asks_on_every_page_whether_a_file_is_the_same(dyno):
    program = "import flask; print(flask.Flask('app').test_client().get('/static/style.css').headers['Cache-Control'])"
    ran = run_python(dyno("static-files"), "-c", program)
    assert ran.stdout == "no-cache\n", ran.stderr


def test_a_file_whose_name_differs_in_a_capital_is_refused_by_the_browser(dyno, visitor, expected_lines):
    console: list[str] = []
    visitor.on("console", lambda message: console.append(message.text))
    with dyno("static-files/broken-case").running() as web:
        visitor.goto(web.router.url)
        [line] = expected_lines("static-files/broken-case")
        assert eventually(lambda: line in console), console
        assert eventually(lambda: '"GET /static/Style.css HTTP/1.1" 404' in web.log), web.log
        assert edge_width(visitor) == "0px"


def test_git_lists_what_heroku_receives_and_names_the_line_that_keeps_a_file_out(laptop):
    copy_app("static-files", laptop.folder)
    (laptop.folder / "static/app.js").touch()
    (laptop.folder / ".gitignore").write_text("*.css\n", "utf-8")
    assert laptop.run("git init --quiet && git add --all && git commit --quiet --message All") == 0
    assert laptop.run_snippet("static-files/list.bash") == "static/app.js\n"
    assert laptop.git("check-ignore", "-v", "static/style.css").split() == [".gitignore:1:*.css", "static/style.css"]


def test_a_missing_icon_does_no_harm(dyno):
    with dyno("static-files").running() as web:
        assert get(f"{web.router.url}/favicon.ico").status_code == 404
        assert get(web.router.url).status_code == 200
