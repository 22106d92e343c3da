"""handbook/fake_heroku/heroku.py: what its API answers and what then runs, without the CLI."""

import socket
import ssl
import threading

import pytest
import requests

from handbook.fake_heroku.heroku import Heroku
from handbook.fake_heroku.process import eventually

# A server without packages: it answers with its version and the config var COLOUR, and prints the path of each request.
SERVER = """
import os
from http.server import BaseHTTPRequestHandler, HTTPServer

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        print(self.path)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(("{version} " + os.environ.get("COLOUR", "none")).encode())

    def log_message(self, *_args):
        pass

HTTPServer(("", int(os.environ["PORT"])), Handler).serve_forever()
"""
# Ends well unless FAIL is set, and says that it ran.
RELEASE = 'release: echo Migrating >> $DONE; test -z "$FAIL"\n'


WEB = "web: exec python -u server.py\n"


def write(folder, **files: str):
    """Return a folder with an app without packages and these files; "_" in a name stands for a dot."""
    folder.mkdir(parents=True)
    for name, text in ({"requirements_txt": "", "_python-version": "3.14\n"} | files).items():
        (folder / name.replace("_", ".")).write_text(text)
    return folder


@pytest.fixture
def platform(tmp_path):
    """An account with an app that nothing was pushed to."""
    with Heroku(tmp_path, addon=lambda _service: {}) as platform:
        platform.create({})
        yield platform
    assert not platform.faults, platform.faults[0]


@pytest.fixture
def push(platform, tmp_path):
    """Return push("one", Procfile=…): the answer to a push of a server of that version."""
    app = tmp_path / "app"

    def build(version: str, **files: str) -> dict:
        folder = app / version
        folder.mkdir(parents=True)
        files = {
            "Procfile": WEB,
            "requirements_txt": "",
            "_python-version": "3.14\n",
        } | files
        for name, text in files.items():
            (folder / name.replace("_", ".")).write_text(text)
        (folder / "server.py").write_text(SERVER.replace("{version}", version))
        answer = call(platform, "POST", "/pushes", {"folder": str(folder), "commit": f"{version:0<40}"})
        platform.settle()
        return answer

    return build


def call(platform, method: str, path: str, body: dict | None = None):
    return requests.request(method, platform.url + path, json=body or {}, timeout=60).json()


def set_config(platform, **config: str) -> dict:
    answer = call(platform, "PATCH", f"/apps/{platform.name}/config-vars", config)
    platform.settle()
    return answer


def roll_back(platform, number: int) -> dict:
    answer = call(platform, "POST", f"/apps/{platform.name}/releases", {"release": str(number)})
    platform.settle()
    return answer


def seen(platform) -> str:
    """Return what a visitor sees."""
    return requests.get(platform.router.url, timeout=60).text


def test_a_push_whose_packages_cannot_be_installed_is_refused_and_what_ran_goes_on(platform, push):
    assert push("one")["accepted"]
    process = platform.dynos["web"].popen.pid
    refused = push("two", requirements_txt="no-such-package-of-anybody==99.99\n")
    assert not refused["accepted"]
    lines = [line for line in refused["log"].splitlines() if line.strip()]
    assert any("no-such-package-of-anybody" in line for line in lines)
    assert lines[-1] == " !     Push rejected, failed to compile Python app."
    assert "Discovering process types" not in refused["log"]
    assert platform.dynos["web"].popen.pid == process
    assert seen(platform) == "one none"
    assert [release["status"] for release in platform.releases] == ["succeeded"]


def test_a_push_is_built_released_and_answered(platform, push):
    answer = push("one")
    launched = f"-----> Launching...\n       Released v1\n       {platform.router.url}/ deployed to Heroku\n"
    assert answer["log"].endswith(f"{launched}\nVerifying deploy... done.")
    assert seen(platform) == "one none"
    assert set(platform.formation) == {"web"}


def test_rolling_back_brings_code_and_config_vars_again_and_leaves_the_versions_as_they_were(platform, push):
    push("one")
    set_config(platform, COLOUR="green")
    push("two", Procfile=WEB + "worker: exec sleep 600\n")
    set_config(platform, COLOUR="red")
    assert seen(platform) == "two red"
    roll_back(platform, 2)
    assert seen(platform) == "one green"
    call(platform, "PATCH", f"/apps/{platform.name}/formation", {"updates": [{"type": "web", "quantity": 0}]})
    set_config(platform, COLOUR="blue")
    assert platform.versions[1].config == {"COLOUR": "green"}
    assert platform.versions[1].formation == {"web": 1}
    assert platform.versions[2].formation == {"web": 1, "worker": 0}
    assert platform.versions[4].formation == {"web": 1}  # it was scaled to nothing after that release


def test_the_release_command_runs_for_a_push_a_config_var_an_add_on_and_a_rollback(
    platform, push, tmp_path, monkeypatch
):
    done = tmp_path / "done"
    platform.config["DONE"] = str(done)
    platform.addon = lambda _service: {"DATABASE_URL": "postgres://"}
    acts = [
        lambda: push("one", Procfile=RELEASE + WEB),
        lambda: set_config(platform, COLOUR="green"),
        lambda: call(platform, "POST", f"/apps/{platform.name}/addons", {"plan": {"name": "heroku-postgresql:a-plan"}}),
        lambda: roll_back(platform, 1),
    ]
    for times, act in enumerate(acts, 1):
        act()
        assert done.read_text().count("Migrating") == times
    assert [release["status"] for release in platform.releases] == ["succeeded"] * 4


def test_where_the_release_command_fails_what_ran_goes_on_and_config_vars_stay_changed(platform, push, tmp_path):
    platform.config["DONE"] = str(tmp_path / "done")
    push("one", Procfile=RELEASE + WEB)
    process = platform.dynos["web"].popen.pid
    assert set_config(platform, FAIL="yes")["FAIL"] == "yes"
    assert push("two", Procfile=RELEASE + WEB)["accepted"]
    assert [release["status"] for release in platform.releases] == ["succeeded", "failed", "failed"]
    assert [release["current"] for release in platform.releases] == [True, False, False]
    assert platform.dynos["web"].popen.pid == process
    assert seen(platform) == "one none"


def test_a_release_command_that_does_not_end_is_a_failure(platform, push, monkeypatch):
    monkeypatch.setattr("handbook.fake_heroku.heroku.RELEASE_SECONDS", 0.5)
    assert push("one", Procfile="release: sleep 600\n" + WEB)["accepted"]
    assert [release["status"] for release in platform.releases] == ["failed"]


def test_lines_of_the_log_that_are_equal_are_all_shown(platform, push):
    push("one")
    for _ in range(3):
        requests.get(f"{platform.router.url}/tick", timeout=60)
    assert eventually(lambda: shown(platform, lines=100, source="app").count("app[web.1]: /tick") == 3)
    assert shown(platform, lines=2, source="app") == ["app[web.1]: /tick"] * 2
    assert shown(platform, lines=0) == []


def shown(platform, **wanted) -> list[str]:
    """Return the lines that `heroku logs` would print, without the time."""
    session = call(platform, "POST", f"/apps/{platform.name}/log-sessions", wanted | {"lines": str(wanted["lines"])})
    text = requests.get(session["logplex_url"], timeout=60).text
    return [line.removeprefix("data: ").partition(" ")[2] for line in text.split("\n\n") if line]


def test_a_log_that_is_followed_shows_each_new_line_once(platform, push):
    push("one")
    requests.get(f"{platform.router.url}/before", timeout=60)
    session = call(platform, "POST", f"/apps/{platform.name}/log-sessions", {"lines": "1", "tail": True})
    followed, found = requests.get(session["logplex_url"], timeout=60, stream=True), []
    reader = threading.Thread(target=lambda: found.extend(followed.iter_lines(1, decode_unicode=True)), daemon=True)
    # The log of a dyno that is started meanwhile comes in, too.
    reader.start()
    for _ in range(2):
        requests.get(f"{platform.router.url}/tick", timeout=60)
    set_config(platform, COLOUR="green")
    requests.get(f"{platform.router.url}/tick", timeout=60)
    assert eventually(lambda: sum(line.endswith("app[web.1]: /tick") for line in found) == 3), found
    assert eventually(lambda: sum('path="/tick"' in line for line in found) == 3), found
    assert not any(line.endswith("app[web.1]: /before") for line in found)
    platform.over.set()
    reader.join(60)
    followed.close()


def test_a_web_process_that_crashes_is_an_h10_and_one_that_listens_nowhere_an_r10(tmp_path):
    with Heroku(tmp_path, addon=lambda _service: {}, boot_seconds=1) as platform:
        platform.create({})
        for line, code, message in (("exit 1", "H10", ""), ("sleep 600", "H10", "Error R10 (Boot timeout)")):
            folder = tmp_path / line
            folder.mkdir()
            for name, text in {
                "Procfile": f"web: {line}\n",
                "requirements.txt": "",
                ".python-version": "3.14\n",
            }.items():
                (folder / name).write_text(text)
            platform.push({"folder": str(folder), "commit": "0" * 40})
            platform.settle()
            assert requests.get(platform.router.url, timeout=60).status_code == 503
            assert f"code={code}" in platform.router.log[-1]
            assert message in "\n".join(platform.log())
            assert platform.dynos["web"].is_gone()


def test_a_one_off_dyno_has_the_files_the_config_vars_and_a_name_and_no_port(platform, push):
    push("one", _profile="export PROFILE=read\n")
    set_config(platform, COLOUR="green")
    command = "echo $DYNO $COLOUR $PROFILE ${PORT:-no port}; read LINE; echo $LINE; echo lost > made; ls"
    lines = run(platform, command, typed=b"a line\n\4")
    assert lines[:2] == ["run.1 green read no port", "a line"]
    assert "server.py" in lines
    assert "made" in lines
    assert "made" not in run(platform, "ls", typed=b"\4")


def run(platform, command: str, typed: bytes) -> list[str]:
    """Return what a command prints in a one-off dyno to which somebody types."""
    answer = call(platform, "POST", f"/apps/{platform.name}/dynos", {"command": command})
    context = ssl.create_default_context(cafile=str(platform.rendezvous.certificate))
    address, _slash, name = answer["attach_url"].removeprefix("rendezvous://").partition("/")
    host, port = address.split(":")
    with (
        socket.create_connection((host, int(port)), timeout=60) as plain,
        context.wrap_socket(plain, server_hostname=host) as door,
    ):
        door.sendall(f"{name}\r\n".encode())
        assert door.recv(100) == b"rendezvous\r\n"
        door.sendall(typed)
        printed = b""
        while more := door.recv(4096):
            printed += more
    return printed.decode().splitlines()


def test_before_a_push_there_is_nothing_to_run(platform):
    assert call(platform, "POST", f"/apps/{platform.name}/dynos", {"command": "ls"})["id"] == "not_found"


def test_a_call_that_it_does_not_know_is_named(platform):
    answer = call(platform, "GET", "/teapots")
    assert answer["message"] == "the stand-in does not know GET /teapots"
    assert platform.unknown == ["GET /teapots"]


def test_a_fault_of_its_own_is_told_to_the_caller_and_kept_for_the_test(tmp_path):
    with Heroku(tmp_path, addon=lambda _service: {}) as platform:
        platform.create({})
        platform.plans = lambda *_arguments: 1 / 0
        assert "ZeroDivisionError" in call(platform, "GET", "/addon-services/redis/plans")["message"]
    assert "ZeroDivisionError" in platform.faults[-1]
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        platform.settle()


def test_at_its_end_nothing_of_it_runs(tmp_path):
    with Heroku(tmp_path, addon=lambda _service: {}) as platform:
        platform.create({})
        lines = "web: (trap '' TERM; sleep 600) & sleep 600\nworker: sleep 600\n"
        folder = write(tmp_path / "app", Procfile=lines)
        platform.boot_seconds = 0.5
        platform.push({"folder": str(folder), "commit": "0" * 40})
        platform.scale({"updates": [{"type": "worker", "quantity": 1}]})
        call(platform, "POST", f"/apps/{platform.name}/dynos", {"command": "sleep 600"})
        dynos = list(platform.dynos.values())
        assert len(dynos) == 2
    assert all(dyno.is_gone() for dyno in dynos)
