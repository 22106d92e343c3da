"""docs/guides/cors.md: every claim the page makes, proved in Chromium with a page of another site."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests
from playwright.sync_api import Browser, Page

from handbook.fake_heroku.process import DEFAULT_TIMEOUT, ThreadServer, eventually
from handbook.paths import SNIPPETS

# Calls an address as the script of a page does. Resolves to the response, "" if the browser withholds it.
CALL = """async ([address, body, credentials]) => {
  const headers = {"Content-Type": "application/json"};
  try {
    const answer = await fetch(address, {method: "POST", headers, body: JSON.stringify(body), credentials});
    return await answer.text();
  } catch {
    return "";
  }
}"""


class Site(ThreadServer, ThreadingHTTPServer):
    """Another site, all of whose pages are empty."""


class EmptyPage(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()

    def log_message(self, *_args) -> None:
        pass


class Visitor:
    """A browser with an open page of another site; console: the messages in its console."""

    def __init__(self, page: Page, site: str):
        self.page, self.site, self.console = page, site, []
        page.set_default_timeout(DEFAULT_TIMEOUT * 1000)
        page.on("console", lambda message: self.console.append(message.text))
        page.goto(site)

    def call(self, address: str, body: dict | None = None, credentials: str = "same-origin") -> str:
        return self.page.evaluate(CALL, [address, body or {}, credentials])


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Visitor]:
    with Site(("127.0.0.1", 0), EmptyPage) as server, browser.new_context() as context:
        yield Visitor(context.new_page(), f"http://127.0.0.1:{server.server_port}")


@pytest.fixture
def api(dyno):
    """Return api("cors", origins): a context manager that yields a dyno which is up."""

    @contextmanager
    def start(name: str, origins: str = "") -> Iterator:
        with dyno(name, config={"ALLOWED_ORIGINS": origins}).running() as web:
            yield web

    return start


def message(visitor: Visitor, expected: list[str], web) -> bool:
    """Return True once the console has the lines, after replacing their addresses by those of the test; else fail."""
    written = {"https://api.example.com": web.router.url, "https://www.example.com": visitor.site}
    for here, there in written.items():
        expected = [line.replace(here, there) for line in expected]
    return eventually(lambda: "\n".join(expected) in "\n".join(visitor.console)) or pytest.fail(str(visitor.console))


def test_a_page_of_an_allowed_site_reads_the_answer_after_a_preflight(api, visitor):
    with api("cors", f"https://www.example.com,{visitor.site}") as web:
        assert "Hello, Ada" in visitor.call(f"{web.router.url}/api/greeting", {"name": "Ada"})
        # Gunicorn writes its line after it has answered.
        assert eventually(lambda: re.findall(r'"(\w+) /api/greeting', web.log) == ["OPTIONS", "POST"]), web.log
        assert visitor.console == []


@pytest.mark.parametrize("allowed", ["", "https://www.example.com", "{site}/"])
def test_a_page_of_any_other_site_gets_nothing(api, visitor, allowed):
    with api("cors", allowed.format(site=visitor.site)) as web:
        assert visitor.call(f"{web.router.url}/api/greeting", {"name": "Ada"}) == ""
        assert eventually(lambda: "blocked by CORS policy" in "\n".join(visitor.console))


def test_another_program_than_a_browser_is_answered_whatever_the_app_allows(api):
    with api("cors", "https://www.example.com") as web:
        headers = {"Origin": "https://evil.example"}
        answer = requests.post(
            f"{web.router.url}/api/greeting", json={"name": "Ada"}, headers=headers, timeout=DEFAULT_TIMEOUT
        )
        assert answer.json() == {"greeting": "Hello, Ada"}
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_without_cors_the_browser_says_so_although_the_app_answers(api, visitor, expected_lines):
    with api("cors/broken-no-cors") as web:
        assert visitor.call(f"{web.router.url}/api/greeting", {"name": "Ada"}) == ""
        assert message(visitor, expected_lines("cors/broken-no-cors"), web)
        answer = requests.post(f"{web.router.url}/api/greeting", json={"name": "Ada"}, timeout=DEFAULT_TIMEOUT)
        assert answer.json() == {"greeting": "Hello, Ada"}


def test_an_app_that_is_down_looks_like_a_site_that_is_not_allowed(dyno, visitor):
    """Heroku's own error response has no CORS header, whatever the app allows."""
    with dyno("cors", command="exit 1", config={"ALLOWED_ORIGINS": visitor.site}) as web:
        assert web.boot() == "H10"
        assert visitor.call(f"{web.router.url}/api/greeting", {"name": "Ada"}) == ""
        assert eventually(lambda: "No 'Access-Control-Allow-Origin' header" in "\n".join(visitor.console))
        assert "code=H10" in web.router.log[-1]


def test_an_error_of_the_app_itself_can_be_read(api, visitor):
    with api("cors", visitor.site) as web:
        assert "Internal Server Error" in visitor.call(f"{web.router.url}/api/greeting")
        assert "KeyError: 'name'" in web.log


def visit_twice(visitor: Visitor, address: str, credentials: str = "include") -> list[str]:
    return [visitor.call(f"{address}/api/visits", credentials=credentials).strip() for _ in range(2)]


def test_a_login_comes_along_within_one_domain_if_the_call_asks_for_it(api, visitor):
    """For cookies another port is the same site, as www and api of one domain are."""
    with api("cors/form-cookies", visitor.site) as web:
        assert visit_twice(visitor, web.router.url) == ['{"visits":1}', '{"visits":2}']
        assert visit_twice(visitor, web.router.url, "same-origin") == ['{"visits":1}'] * 2


def test_a_browser_refuses_a_cookie_of_another_site(api, visitor):
    with api("cors/form-cookies", visitor.site) as web:
        assert visit_twice(visitor, web.router.url.replace("127.0.0.1", "localhost")) == ['{"visits":1}'] * 2


def test_a_login_that_the_app_does_not_allow_is_blocked(api, visitor, expected_lines):
    with api("cors/broken-no-credentials") as web:
        assert visit_twice(visitor, web.router.url) == ["", ""]
        assert message(visitor, expected_lines("cors/broken-no-credentials"), web)
        assert requests.post(f"{web.router.url}/api/visits", timeout=DEFAULT_TIMEOUT).json() == {"visits": 1}


def test_the_call_of_the_page_sends_the_cookie(api, visitor):
    script = (SNIPPETS / "cors/form-cookies/call.js").read_text("utf-8")
    with api("cors/form-cookies", visitor.site) as web:
        script = script.replace("https://api.example.com", web.router.url)
        answers = [visitor.page.evaluate(f"async () => {{ {script} return await answer.json(); }}") for _ in range(2)]
        assert answers == [{"visits": 1}, {"visits": 2}]


def test_each_site_of_the_command_may_call(api):
    command = (SNIPPETS / "cors/config.bash").read_text("utf-8").strip()
    with api("cors", command.removeprefix("heroku config:set ALLOWED_ORIGINS=")) as web:
        for site in ("https://www.example.com", "https://shop.example.com"):
            address = f"{web.router.url}/api/greeting"
            answer = requests.post(address, json={"name": "Ada"}, headers={"Origin": site}, timeout=DEFAULT_TIMEOUT)
            assert answer.headers["Access-Control-Allow-Origin"] == site
