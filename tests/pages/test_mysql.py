"""docs/guides/mysql.md: every claim the page makes, proved with a real MariaDB."""

from urllib.parse import urlsplit

import pytest
import requests

from handbook.fake_heroku.process import DEFAULT_TIMEOUT, eventually, has_lines
from tests.conftest import replace_in_file

LOST = ("(2013, 'Lost connection to MySQL server during query')", '(2006, "MySQL server has gone away')

SLOW = """

@app.get("/slow")
def slow():
    db.session.execute(db.text("SELECT SLEEP(600)"))
    return ""
"""


@pytest.fixture
def tables(dyno):
    """Run the release command, which makes the tables of this test's database."""
    with dyno("mysql", process="release") as release:
        assert release.wait() == 0, release.log


def save(web, text: str) -> requests.Response:
    return requests.post(f"{web.router.url}/notes", data={"text": text}, timeout=DEFAULT_TIMEOUT)


def list_connections(service, addon) -> list[int]:
    """Return the ids of the open connections of this test's app."""
    user = urlsplit(addon("mariadb")["JAWSDB_URL"]).username
    rows = service("mariadb").query(f"SELECT id FROM information_schema.processlist WHERE user = '{user}'")
    return [number for (number,) in rows]


def remove_option(web, option: str) -> None:
    """Remove one option of the connection pool from config.py."""
    lines = (web.app / "config.py").read_text().splitlines(keepends=True)
    kept = [line for line in lines if not line.strip().startswith(f'"{option}"')]
    assert len(kept) == len(lines) - 1
    (web.app / "config.py").write_text("".join(kept))


@pytest.fixture
def close_connections(service, addon):
    """Return close_connections(): the server closes the connections of this test's app, as it does with idle ones."""

    def kill() -> None:
        open_now = list_connections(service, addon)
        assert open_now
        for number in open_now:
            service("mariadb").query(f"KILL {number}")
        assert eventually(lambda: not list_connections(service, addon))

    return kill


def test_what_is_saved_outlives_the_dyno(dyno, tables):
    with dyno("mysql").running() as web:
        assert save(web, "Köp mjölk").text == "Saved", web.log
    with dyno("mysql").running() as web:
        assert web.get("/notes").json() == ["Köp mjölk"]


def test_the_release_command_may_run_again_and_keeps_the_rows(dyno, tables):
    with dyno("mysql").running() as web:
        save(web, "Buy milk")
        with dyno("mysql", process="release") as release:
            assert release.wait() == 0, release.log
        assert web.get("/notes").json() == ["Buy milk"]


def test_an_address_of_cleardb_loses_its_parameter(dyno, addon, tables):
    config = {"JAWSDB_URL": addon("mariadb")["JAWSDB_URL"] + "?reconnect=true"}
    with dyno("mysql", config=config).running() as web:
        assert web.get("/notes").json() == []


def test_with_the_options_nobody_notices_that_the_server_closed_the_connection(dyno, tables, close_connections):
    with dyno("mysql", config={"WEB_CONCURRENCY": "1"}).running() as web:
        for _ in range(3):
            assert web.get("/notes").status_code == 200
            close_connections()
        assert web.get("/notes").status_code == 200


def test_without_the_options_the_next_visitor_gets_an_error(dyno, tables, close_connections, expected_lines):
    with dyno("mysql/broken-idle", config={"WEB_CONCURRENCY": "1"}).running() as web:
        assert web.get("/notes").status_code == 200
        close_connections()
        assert web.get("/notes").status_code == 500
        assert eventually(lambda: has_lines(web.log, expected_lines("mysql/broken-idle"))), web.log


def test_pool_recycle_alone_is_enough_where_it_is_shorter_than_the_server_s_patience(dyno, tables, service, addon):
    """The server itself closes what was idle for two seconds; the app opens another connection after one."""
    web = dyno("mysql", config={"WEB_CONCURRENCY": "1"})
    remove_option(web, "pool_pre_ping")
    replace_in_file(web.app / "config.py", '"pool_recycle": 50', '"pool_recycle": 1')
    with web.running():
        answered = request_after_idling(web, service, addon)
        assert answered == 200, web.log


def request_after_idling(web, service, addon, seconds: int = 2) -> int:
    """Ask twice, and between the two wait until the server has closed an idle connection; return the last status."""
    server = service("mariadb")
    ((_name, before),) = server.query("SHOW GLOBAL VARIABLES LIKE 'wait_timeout'")
    server.query(f"SET GLOBAL wait_timeout = {seconds}")
    try:
        assert web.get("/notes").status_code == 200
        assert eventually(lambda: not list_connections(service, addon))
        return web.get("/notes").status_code
    finally:
        server.query(f"SET GLOBAL wait_timeout = {before}")


def test_the_server_closes_an_idle_connection_by_itself(dyno, tables, service, addon):
    with dyno("mysql/broken-idle", config={"WEB_CONCURRENCY": "1"}).running() as web:
        assert request_after_idling(web, service, addon) == 500
        assert eventually(lambda: any(message in web.log for message in LOST)), web.log


def test_a_query_that_takes_too_long_ends_with_the_app_s_own_limit(dyno, tables):
    web = dyno("mysql")
    replace_in_file(web.app / "config.py", '"read_timeout": 10', '"read_timeout": 1')
    (web.app / "app.py").write_text((web.app / "app.py").read_text() + SLOW)
    with web.running():
        assert web.get("/slow").status_code == 500
        assert web.wait_for_log("(timed out)"), web.log


def test_without_the_driver_in_the_address_sqlalchemy_looks_for_another(crashed_app):
    with crashed_app("mysql/broken-driver"):
        pass


def test_pymysql_does_not_know_the_parameter_of_cleardb(dyno, expected_lines):
    with dyno("mysql/broken-reconnect").running() as web:
        assert web.get("/notes").status_code == 500
        assert eventually(lambda: has_lines(web.log, expected_lines("mysql/broken-reconnect"))), web.log


def test_a_text_needs_a_length(dyno, expected_lines):
    with dyno("mysql/broken-length", process="release") as release:
        assert release.wait() != 0
        assert has_lines(release.log, expected_lines("mysql/broken-length")), release.log


def test_a_dyno_has_no_mysql_server(dyno, expected_lines, needs_own_network):
    one = dyno("mysql/broken-localhost", process="release")
    one.own_network = needs_own_network(3306)
    with one:
        assert one.wait() != 0
        assert has_lines(one.log, expected_lines("mysql/broken-localhost")), one.log


def test_an_app_without_its_config_var_says_so(dyno):
    one = dyno("mysql", command="python -c 'import config'")
    del one.env["JAWSDB_URL"]
    with one:
        assert one.wait() != 0
        assert "JAWSDB_URL is not set: create a database first" in one.log
