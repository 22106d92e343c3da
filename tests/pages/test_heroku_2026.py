"""docs/explanation/heroku-2026.md: the same files run on a machine that is not Heroku."""

import re

import requests

from handbook.fake_heroku import procfile
from handbook.fake_heroku.dyno import copy_app
from handbook.fake_heroku.ports import free_port
from handbook.paths import SNIPPETS

BLOCK = "heroku-2026/elsewhere.bash"


def test_a_list_of_packages_a_command_and_a_port_are_enough(laptop):
    copy_app("first-deploy", laptop.folder)
    port = free_port()
    with laptop.start_snippet(BLOCK, "8080", str(port)) as server:
        assert server.wait_for_port(port), server.log
        assert {host for host, _port in server.addresses()} == {"0.0.0.0"}
        assert requests.get(f"http://127.0.0.1:{port}", timeout=60).text == "Hello"


def test_the_last_line_is_that_of_the_procfile():
    last = (SNIPPETS / BLOCK).read_text("utf-8").splitlines()[-1]
    web = procfile.read_procfile(SNIPPETS / "first-deploy" / "Procfile")["web"]
    assert re.sub(r"^PORT=\d+ \.venv/bin/", "", last) == web
