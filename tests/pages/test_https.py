"""docs/guides/https.md: every claim the page makes, proved."""

import re
import subprocess

import pytest
import requests

from handbook.fake_heroku.process import eventually, has_lines
from handbook.fake_heroku.router import CLIENT_ADDRESS
from handbook.paths import ROOT, SNIPPETS


def curl(web, name: str) -> str:
    """Run the curl of a block against the router, and return what it shows."""
    command = (SNIPPETS / name).read_text("utf-8")
    here, times = re.subn(r"https?://www\.example\.com", web.router.url, command)
    assert times == 1
    return subprocess.run(["bash", "-c", here], text=True, capture_output=True).stdout


def test_the_app_sees_the_visitor_and_https(dyno):
    with dyno("https").running() as web:
        answer = web.get("/me", headers={"Host": "www.example.com"}).json()
        assert answer == {"address": CLIENT_ADDRESS, "link": "https://www.example.com/me"}


@pytest.mark.parametrize("header", [{"X-Forwarded-For": "10.0.0.1"}, {"X-Forwarded-Host": "evil.example"}])
def test_app_ignores_forged_headers_of_the_visitor(dyno, header):
    with dyno("https").running() as web:
        answer = web.get("/me", headers={"Host": "www.example.com"} | header).json()
        assert answer == {"address": CLIENT_ADDRESS, "link": "https://www.example.com/me"}


@pytest.mark.parametrize("name", ["https/broken-leftmost", "https/broken-host"])
def test_an_app_that_trusts_more_is_fooled(dyno, expected_lines, name):
    with dyno(name).running() as web:
        assert curl(web, f"{name}/curl.bash").strip() == expected_lines(name)[0]


def test_without_the_fix_every_visitor_has_the_routers_address(dyno, expected_lines):
    with dyno("https/broken-no-fix").running() as web:
        assert web.get("/me").text.strip() == expected_lines("https/broken-no-fix")[0]


def test_the_router_adds_the_headers_of_the_table(dyno):
    web = dyno("https/broken-no-fix")
    source = (web.app / "app.py").read_text().replace('{"address": request.remote_addr}', "dict(request.headers)")
    (web.app / "app.py").write_text(source)
    page = (ROOT / "docs/guides/https.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `([\w-]+)` \| (.+) \|$", page, re.MULTILINE))
    with web.running():
        found = web.get("/me", headers={"X-Forwarded-For": "10.0.0.1"}).json()
    assert rows.keys() <= found.keys()
    assert found["X-Forwarded-For"] == f"10.0.0.1, {CLIENT_ADDRESS}"


def test_plain_http_is_redirected_once_and_https_is_answered(dyno):
    with dyno("https").running() as web:
        web.router.scheme = "http"
        first = requests.post(f"{web.router.url}/?page=2", headers={"Host": "www.example.com"}, allow_redirects=False)
        assert (first.status_code, first.headers["Location"]) == (308, "https://www.example.com/?page=2")
        web.router.scheme = "https"
        assert web.get("/", allow_redirects=False).status_code == 200


def test_the_check_shows_the_redirect_and_the_answer(dyno):
    with dyno("https").running() as web:
        web.router.scheme = "http"
        shown = curl(web, "https/check.bash").splitlines()
        assert "308" in shown[0]
        assert f"Location: {web.router.url.replace('http:', 'https:')}/" in shown
        web.router.scheme = "https"
        assert "200" in curl(web, "https/check.bash").splitlines()[0]


def test_on_the_laptop_nobody_is_redirected(dyno):
    web = dyno("https")
    del web.env["DYNO"]
    with web.running():
        web.router.scheme = "http"
        answer = web.get("/", allow_redirects=False)
        assert answer.status_code == 200
        assert "Secure" not in answer.headers["Set-Cookie"]


def test_the_cookie_goes_over_https_only_and_not_to_javascript(dyno):
    with dyno("https").running() as web:
        cookie = web.get("/").headers["Set-Cookie"]
        assert {"Secure", "HttpOnly", "SameSite=Lax"} <= set(cookie.split("; "))


def test_the_browser_is_promised_an_hour(dyno):
    with dyno("https").running() as web:
        assert web.get("/").headers["Strict-Transport-Security"] == f"max-age={60 * 60}"


def test_a_server_that_is_not_told_redirects_for_ever_and_the_fix_cures_it(dyno, expected_lines):
    with dyno("https/broken-loop").running() as web:
        for _ in range(2):
            assert web.get("/", allow_redirects=False).headers["Location"].startswith("https:")
        assert eventually(lambda: has_lines(web.log, expected_lines("https/broken-loop")))
    cured = dyno("https/broken-loop")
    proxy = re.search(r"^app.wsgi_app = .+$", (SNIPPETS / "https/app.py").read_text(), re.MULTILINE)[0]
    with (cured.app / "app.py").open("a") as source:
        source.write(f"\nfrom werkzeug.middleware.proxy_fix import ProxyFix\n{proxy}\n")
    with cured.running():
        assert cured.get("/", allow_redirects=False).text == "Hello"


def test_gunicorn_learns_the_scheme_without_the_fix(dyno):
    with dyno("https/broken-loop", command="gunicorn app:app").running() as web:
        assert web.get("/", allow_redirects=False).text == "Hello"


def test_behind_a_proxy_that_calls_over_http_the_redirect_never_ends(dyno):
    """In Cloudflare's mode Flexible, the visitor uses HTTPS, and the proxy calls the router over HTTP each time."""
    with dyno("https").running() as web:
        web.router.scheme = "http"
        answer = web.get("/me", headers={"Host": "www.example.com"}, allow_redirects=False)
        assert (answer.status_code, answer.headers["Location"]) == (308, "https://www.example.com/me")


def test_the_address_at_herokuapp_com_leads_to_the_own_domain_with_its_path(dyno):
    with dyno("https/form-domain") as web:
        assert web.boot() == "up", web.log
        old = {"Host": "hello-1234567890ab.herokuapp.com"}
        for path in ("/", "/?page=2", "/a%20b"):
            answer = web.get(path, headers=old, allow_redirects=False)
            assert (answer.status_code, answer.headers["Location"]) == (308, f"https://www.example.com{path}")
        assert web.get("/", headers={"Host": "www.example.com"}, allow_redirects=False).text == "Hello"
