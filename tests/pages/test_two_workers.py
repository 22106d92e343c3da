"""docs/guides/two-workers.md: every claim the page makes, proved with two workers of Gunicorn and a store with TLS."""

import requests

from handbook.fake_heroku.process import DEFAULT_TIMEOUT, eventually, has_lines
from handbook.paths import ROOT
from tests.conftest import replace_in_file

REQUESTS = 30  # requests, enough for each of two workers to get some


def ask_at(web, path: str, address: str) -> requests.Response:
    """Send a request to the app as the router does, for a visitor with this address."""
    headers = {"X-Forwarded-For": address}
    return requests.get(f"http://127.0.0.1:{web.port}{path}", headers=headers, timeout=DEFAULT_TIMEOUT)


def a_visitor() -> requests.Session:
    """Return a session with a browser's headers: on HTTPS, a form's token is valid only with the page's Referer."""
    visitor = requests.Session()
    visitor.headers.update({"Host": "www.example.com", "Referer": "https://www.example.com/login"})
    return visitor


def log_in(web, visitor: requests.Session) -> requests.Response:
    token = visitor.get(f"{web.router.url}/login", timeout=DEFAULT_TIMEOUT).json()["csrf_token"]
    return visitor.post(f"{web.router.url}/login", data={"name": "Ada", "csrf_token": token}, timeout=DEFAULT_TIMEOUT)


def test_heroku_s_variable_starts_two_workers_and_each_has_a_variable_of_its_own(dyno, expected_lines, facts):
    with dyno("two-workers/broken-globals").running() as web:
        assert eventually(lambda: web.log.count("Booting worker") == int(facts["web_concurrency_small"]["value"]))
        # boot() was the first visit, and number 1 of one worker: the other worker begins with the same number.
        first, again = expected_lines("two-workers/broken-globals")
        assert eventually(lambda: web.get("/").text.strip() == again)
        assert first == again


def test_the_store_counts_for_both_workers_and_for_another_dyno(dyno):
    for numbers in (range(1, REQUESTS + 1), range(REQUESTS + 1, 2 * REQUESTS + 1)):
        with dyno("two-workers").running() as web:
            assert [web.get("/visits").json()["visits"] for _ in numbers] == list(numbers)


def test_a_key_made_at_start_loses_the_csrf_token(dyno, expected_lines):
    with dyno("two-workers/broken-key").running() as web:
        message = expected_lines("two-workers/broken-key")[0]
        assert eventually(lambda: message in log_in(web, a_visitor()).text)


def test_with_one_key_every_form_is_accepted(dyno):
    with dyno("two-workers").running() as web:
        assert {log_in(web, a_visitor()).status_code for _ in range(REQUESTS)} == {200}


def test_a_form_without_its_token_is_refused(dyno):
    with dyno("two-workers").running() as web:
        answer = requests.post(f"{web.router.url}/login", data={"name": "Ada"}, timeout=DEFAULT_TIMEOUT)
        assert answer.status_code == 400
        assert "The CSRF token is missing." in answer.text


def test_a_session_in_the_store_is_known_to_another_dyno_and_one_in_files_is_not(dyno, expected_lines):
    with dyno("two-workers") as web, dyno("two-workers") as other:
        assert (web.boot(), other.boot()) == ("up", "up")
        visitor = a_visitor()
        assert log_in(web, visitor).status_code == 200
        assert visitor.get(f"{other.router.url}/me", timeout=DEFAULT_TIMEOUT).json() == {"name": "Ada"}
    with dyno("two-workers/broken-files") as web, dyno("two-workers/broken-files") as other:
        assert (web.boot(), other.boot()) == ("up", "up")
        visitor = a_visitor()
        visitor.post(f"{web.router.url}/login", data={"name": "Ada"}, timeout=DEFAULT_TIMEOUT)
        assert visitor.get(f"{web.router.url}/me", timeout=DEFAULT_TIMEOUT).json() == {"name": "Ada"}
        (nobody,) = expected_lines("two-workers/broken-files")
        assert visitor.get(f"{other.router.url}/me", timeout=DEFAULT_TIMEOUT).text.strip() == nobody


def test_a_limit_in_the_store_holds_for_both_workers(dyno):
    with dyno("two-workers").running() as web:
        answers = [web.get("/limited") for _ in range(REQUESTS)]
        assert [answer.status_code for answer in answers].count(200) == 5
        remaining = [int(answer.headers["X-RateLimit-Remaining"]) for answer in answers]
        assert remaining == sorted(remaining, reverse=True)


def test_a_limit_in_memory_lets_more_through_and_the_log_warns(dyno, expected_lines):
    with dyno("two-workers/broken-limits").running() as web:
        answers: list[int] = []
        # Each worker accepts five requests. After these ten, both refuse all others.
        assert eventually(lambda: answers.append(web.get("/limited").status_code) or answers.count(200) == 10)
        assert {web.get("/limited").status_code for _ in range(REQUESTS)} == {429}
        assert has_lines(web.log, expected_lines("two-workers/broken-limits"))


def test_each_visitor_has_a_limit_of_their_own_only_with_proxyfix(dyno):
    with_fix, without = dyno("two-workers"), dyno("two-workers")
    line = "app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1)\n"
    replace_in_file(without.app / "app.py", line, "print(ProxyFix)\n")
    for web, status in ((with_fix, 200), (without, 429)):
        with web.running():
            assert [ask_at(web, "/limited", "203.0.113.1").status_code for _ in range(6)][-1] == 429
            assert ask_at(web, "/limited", "203.0.113.2").status_code == status


def test_a_page_in_the_cache_is_the_same_from_both_workers(dyno):
    with dyno("two-workers").running() as web:
        assert len({web.get("/report").text for _ in range(REQUESTS)}) == 1


def test_no_store_runs_on_the_dyno_itself(dyno, expected_lines, needs_own_network):
    script = "import app; app.store.incr('visits')"
    one = dyno("two-workers/broken-localhost", command=f'python -c "{script}"')
    one.own_network = needs_own_network(6379)
    with one:
        assert one.wait() != 0
        assert has_lines(one.log, expected_lines("two-workers/broken-localhost"))


def test_the_smallest_plan_is_the_one_whose_price_is_said(facts):
    block = (ROOT / "snippets/two-workers/create.bash").read_text("utf-8")
    assert facts["key_value_mini_plan"]["value"] in block.split()
