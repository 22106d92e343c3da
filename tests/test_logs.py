"""docs/guides/logs.md: every claim the page makes, proved."""

import re

import pytest
import requests

from tests import SNIPPETS


def test_what_the_app_prints_is_in_the_log_at_once(dyno):
    web = dyno("logs")
    with (web.app / "app.py").open("a") as source:
        source.write('\nprint("printed while it starts")\n')
    with web:
        assert web.boot() == "up", web.log
        assert web.wait_for_log("printed while it starts")
        web.get("/")
        assert web.wait_for_log("INFO:app:Somebody is here")


def test_without_a_level_the_line_is_lost(dyno, expected):
    with dyno("logs/broken-level") as web:
        assert web.boot() == "up", web.log
        web.get("/")
        assert web.wait_for_log(expected("logs/broken-level")[0])
        assert "Somebody is here" not in web.log


def test_without_a_level_a_warning_is_still_shown(dyno):
    web = dyno("logs/broken-level")
    app = web.app / "app.py"
    app.write_text(app.read_text().replace("logger.info", "logger.warning"))
    with web:
        assert web.boot() == "up", web.log
        web.get("/")
        assert web.wait_for_log("Somebody is here")


@pytest.mark.parametrize("block", ["tail.bash", "past.bash"])
def test_the_log_has_lines_of_the_app_and_of_the_router(deployed, laptop, block):
    heroku = deployed("logs")
    requests.get(heroku.router.url, timeout=60)
    laptop.type((SNIPPETS / "logs" / block).read_text("utf-8"))
    assert laptop.sees("app[web.1]: INFO:app:Somebody is here")
    assert laptop.sees('heroku[router]: at=info method=GET path="/"')


def test_a_line_of_the_router_has_its_code_and_what_the_visitor_got(dyno):
    with dyno("first-deploy/broken-no-procfile") as web:
        web.boot()
        web.get("/")
        assert re.search(r"at=error code=H14 .* status=503", web.router.log[-1])
