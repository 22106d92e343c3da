"""docs/guides/heroku-local.md: every claim the page makes, proved with the real CLI."""

import signal

import pytest
import requests

from handbook.fake_heroku import procfile
from handbook.fake_heroku.dyno import copy_app
from handbook.fake_heroku.packages import make_lock_environment
from handbook.fake_heroku.ports import free_port
from handbook.fake_heroku.process import has_lines
from handbook.reader.laptop import read_script


@pytest.fixture
def reader(laptop):
    """Return a laptop with the app of the page, its .venv and the CLI, ready for laptop.start_snippet()."""
    copy_app("heroku-local", laptop.folder)
    (laptop.folder / ".venv").symlink_to(make_lock_environment(laptop.folder / "requirements.txt"))
    laptop.port = free_port()
    return laptop


def page(port: int) -> str:
    return requests.get(f"http://127.0.0.1:{port}", timeout=60).text


def test_all_processes_start_but_the_release_and_web_reads_the_env_file(reader):
    with reader.start_snippet("heroku-local/start.bash", "heroku local", f"heroku local --port {reader.port}") as local:
        assert local.wait_for_port(reader.port), local.log
        assert page(reader.port) == "Hello from my laptop"
        assert local.wait_for_log("worker.1"), local.log
        assert "web.1" in local.log
        assert "release" not in local.log
        assert "release" in procfile.read_procfile(reader.folder / "Procfile")


def test_one_process_can_be_named_and_given_a_port(reader):
    reader.env["PATH"] = f"{reader.folder}/.venv/bin:{reader.env['PATH']}"
    with reader.start_snippet("heroku-local/port.bash", "8000", str(reader.port)) as local:
        assert local.wait_for_port(reader.port), local.log
        assert "worker.1" not in local.log


def test_heroku_local_uses_the_default_port_of_the_facts(reader, facts):
    (reader.folder / "Procfile").write_text("web: echo port $PORT")  # no server: the port may be in use here
    reader.run(read_script("heroku-local/web.console"))
    assert reader.wait_for_line(f"port {facts['local_port']['value']}")


def test_heroku_local_starts_the_given_number_of_each_process_and_ends_all_together(reader):
    reader.env["PATH"] = f"{reader.folder}/.venv/bin:{reader.env['PATH']}"
    with reader.start_snippet("heroku-local/several.bash", "local", f"local --port {reader.port}") as local:
        assert local.wait_for_port(reader.port), local.log
        assert local.wait_for_log("worker.2"), local.log
        assert "worker.3" not in local.log
        local.send_signal(signal.SIGINT)  # Ctrl+C
        assert local.gone_within(30), local.log


def test_heroku_local_without_the_virtual_environment_finds_no_command(reader):
    reader.run(read_script("heroku-local/web.console"))
    assert reader.wait_for_line("gunicorn: not found") or reader.wait_for_line("gunicorn: command not found")


def test_heroku_local_without_a_procfile_says_so(laptop, expected_lines):
    copy_app("heroku-local/broken-no-procfile", laptop.folder)
    assert laptop.run("heroku local") != 0
    assert has_lines(laptop.terminals[-1].log, expected_lines("heroku-local/broken-no-procfile"))


def test_local_run_runs_on_this_machine_with_the_values_of_the_env_file(reader):
    assert reader.run("heroku local:run printenv GREETING") == 0
    assert reader.wait_for_line("Hello from my laptop")
