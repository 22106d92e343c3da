"""handbook/fake_heroku/account.py, api.py, app.py: the API's responses and the processes that then run; no CLI."""

import errno
import os
import socket
import ssl
import subprocess
import threading
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil
import pytest
import requests

from handbook.fake_heroku.account import Account
from handbook.fake_heroku.git_over_http import GitServer
from handbook.fake_heroku.process import eventually
from tests.conftest import git, write_files

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
# Appends a line to the file $DONE each time it runs, and fails if FAIL is set.
RELEASE = 'release: echo Migrating >> $DONE; test -z "$FAIL"\n'
WEB = "web: exec python -u server.py\n"
PUSHES = slice(2, None)  # of the releases of an app: the first two have no code


def write_app(folder: Path, version: str = "1", **files: str) -> Path:
    """Write an app without packages that answers with its version and its config var COLOUR; return its folder.

    files: others, in whose names "_" stands for a dot.
    """
    app = {"requirements.txt": "", ".python-version": "3.14\n", "Procfile": WEB}
    app |= {"server.py": SERVER.replace("{version}", version)}
    return write_files(folder, app | {name.replace("_", "."): text for name, text in files.items()})


@pytest.fixture
def account(tmp_path):
    """Yield an account without an app."""
    with Account(tmp_path, provision_addon=lambda _service: {}) as account:
        yield account
    assert not account.tracebacks, account.tracebacks[0]


@pytest.fixture
def app(account):
    """Return an app that nothing was pushed to."""
    return account.create()


@pytest.fixture
def push(app, tmp_path):
    """Return push("one", Procfile=…): the API's response to the push of a server that answers with that version."""

    def build(version: str, to=app, **files: str) -> dict:
        folder = write_app(tmp_path / "apps" / version, version, **files)
        answer = request_app(to, "POST", "/pushes", {"folder": str(folder), "commit": f"{version:0<40}"})
        to.wait_for_boots()
        return answer

    return build


def request_account(account, method: str, path: str, body: dict | None = None):
    return requests.request(method, account.url + path, json=body or {}, timeout=60).json()


def request_app(app, method: str, path: str, body: dict | None = None):
    return request_account(app.account, method, f"/apps/{app.name}{path}", body)


def set_config(app, **config: str) -> dict:
    answer = request_app(app, "PATCH", "/config-vars", config)
    app.wait_for_boots()
    return answer


def roll_back(app, number: int) -> dict:
    answer = request_app(app, "POST", "/releases", {"release": str(number)})
    app.wait_for_boots()
    return answer


def visitor_text(app) -> str:
    """Return the text that a visitor gets through the router."""
    return requests.get(app.router.url, timeout=60).text


def test_a_push_whose_packages_cannot_be_installed_is_refused_and_what_ran_goes_on(app, push):
    assert push("one")["accepted"]
    process = app.dynos["web"].popen.pid
    refused = push("two", requirements_txt="no-such-package-of-anybody==99.99\n")
    assert not refused["accepted"]
    lines = [line for line in refused["log"].splitlines() if line.strip()]
    assert any("no-such-package-of-anybody" in line for line in lines)
    assert lines[-1] == " !     Push rejected, failed to compile Python app."
    assert "Discovering process types" not in refused["log"]
    assert app.dynos["web"].popen.pid == process
    assert visitor_text(app) == "one none"
    assert [release["status"] for release in app.releases[PUSHES]] == ["succeeded"]


def test_a_new_app_has_two_releases_without_code_and_none_of_them_can_be_rolled_back_to(app, push):
    push("one")
    assert [release["description"] for release in app.releases[:2]] == ["Initial release", "Enable Logplex"]
    assert [release["eligible_for_rollback"] for release in app.releases] == [False, False, True]
    assert "no code" in roll_back(app, 2)["message"]
    assert visitor_text(app) == "one none"


def test_a_destroyed_app_leaves_no_remote_to_the_next_one_of_its_name(account, app, push):
    """If it stayed, Git would print "Everything up-to-date" for the same commit, and nothing would be built."""
    push("one")
    remote = account.folder / f"{app.name}.git"
    (remote / "of-before").touch()
    account.destroy(app)
    assert not remote.exists()
    assert account.create().name == app.name
    assert remote.is_dir()
    assert not (remote / "of-before").exists()


def test_a_push_is_built_released_and_answered(app, push):
    answer = push("one")
    launched = f"-----> Launching...\n       Released v3\n       {app.router.url}/ deployed to Heroku\n"
    assert answer["log"].endswith(f"{launched}\nVerifying deploy... done.")
    assert visitor_text(app) == "one none"
    assert set(app.formation) == {"web"}


def test_rolling_back_brings_code_and_config_vars_again_and_leaves_the_versions_as_they_were(app, push):
    push("one")
    set_config(app, COLOUR="green")
    push("two", Procfile=WEB + "worker: exec sleep 600\n")
    set_config(app, COLOUR="red")
    assert visitor_text(app) == "two red"
    roll_back(app, 4)
    assert visitor_text(app) == "one green"
    request_app(app, "PATCH", "/formation", {"updates": [{"type": "web", "quantity": 0}]})
    set_config(app, COLOUR="blue")
    assert app.snapshots[3].config == {"COLOUR": "green"}
    assert app.snapshots[3].formation == {"web": 1}
    assert app.snapshots[4].formation == {"web": 1, "worker": 0}
    assert app.snapshots[6].formation == {"web": 1}  # it was scaled to 0 after that release


def test_the_release_command_runs_for_a_push_a_config_var_an_add_on_and_a_rollback(app, push, tmp_path):
    done = tmp_path / "done"
    app.config["DONE"] = str(done)
    app.account.provision_addon = lambda _service: {"DATABASE_URL": "postgres://"}
    acts = [
        lambda: push("one", Procfile=RELEASE + WEB),
        lambda: set_config(app, COLOUR="green"),
        lambda: request_app(app, "POST", "/addons", {"plan": {"name": "heroku-postgresql:a-plan"}}),
        lambda: roll_back(app, 3),
    ]
    for times, act in enumerate(acts, 1):
        act()
        assert done.read_text().count("Migrating") == times
    assert [release["status"] for release in app.releases[PUSHES]] == ["succeeded"] * 4


def test_where_the_release_command_fails_what_ran_goes_on_and_config_vars_stay_changed(app, push, tmp_path):
    app.config["DONE"] = str(tmp_path / "done")
    push("one", Procfile=RELEASE + WEB)
    process = app.dynos["web"].popen.pid
    assert set_config(app, FAIL="yes")["FAIL"] == "yes"
    assert push("two", Procfile=RELEASE + WEB)["accepted"]
    assert [release["status"] for release in app.releases[PUSHES]] == ["succeeded", "failed", "failed"]
    assert [release["current"] for release in app.releases[PUSHES]] == [True, False, False]
    assert app.dynos["web"].popen.pid == process
    assert visitor_text(app) == "one none"


def test_a_release_command_that_does_not_end_is_a_failure(app, push, monkeypatch):
    monkeypatch.setattr("handbook.fake_heroku.app.RELEASE_SECONDS", 0.5)
    assert push("one", Procfile="release: sleep 600\n" + WEB)["accepted"]
    assert [release["status"] for release in app.releases[PUSHES]] == ["failed"]


def test_lines_of_the_log_that_are_equal_are_all_shown(app, push):
    push("one")
    for _ in range(3):
        requests.get(f"{app.router.url}/tick", timeout=60)
    assert eventually(lambda: log_lines(app, lines=100, source="app").count("app[web.1]: /tick") == 3)
    assert log_lines(app, lines=2, source="app") == ["app[web.1]: /tick"] * 2
    assert log_lines(app, lines=0) == []


def log_lines(app, **wanted) -> list[str]:
    """Return the lines that `heroku logs` would print, without the time."""
    session = request_app(app, "POST", "/log-sessions", wanted | {"lines": str(wanted["lines"])})
    text = requests.get(session["logplex_url"], timeout=60).text
    return [line.removeprefix("data: ").partition(" ")[2] for line in text.split("\n\n") if line]


def test_a_log_that_is_followed_shows_each_new_line_once(app, push):
    push("one")
    requests.get(f"{app.router.url}/before", timeout=60)
    session = request_app(app, "POST", "/log-sessions", {"lines": "1", "tail": True})
    followed, found = requests.get(session["logplex_url"], timeout=60, stream=True), []
    reader = threading.Thread(target=lambda: found.extend(followed.iter_lines(1, decode_unicode=True)), daemon=True)
    # The log must also include a dyno that starts while the log is followed.
    reader.start()
    for _ in range(2):
        requests.get(f"{app.router.url}/tick", timeout=60)
    set_config(app, COLOUR="green")
    requests.get(f"{app.router.url}/tick", timeout=60)
    assert eventually(lambda: sum(line.endswith("app[web.1]: /tick") for line in found) == 3), found
    assert eventually(lambda: sum('path="/tick"' in line for line in found) == 3), found
    assert not any(line.endswith("app[web.1]: /before") for line in found)
    app.account.is_closing.set()
    reader.join(60)
    followed.close()


def test_a_web_process_that_crashes_is_an_h10_and_one_that_listens_nowhere_an_r10(tmp_path):
    with Account(tmp_path, provision_addon=lambda _service: {}, boot_seconds=1) as account:
        app = account.create()
        for line, is_timeout in (("exit 1", False), ("sleep 600", True)):
            app.push(write_app(tmp_path / line, Procfile=f"web: {line}\n"), "0" * 40)
            app.wait_for_boots()
            assert requests.get(app.router.url, timeout=60).status_code == 503
            assert "code=H10" in app.router.log[-1]
            assert ("Error R10 (Boot timeout)" in "\n".join(app.log())) is is_timeout
            assert app.dynos["web"].is_gone()


def test_a_one_off_dyno_has_the_files_the_config_vars_and_a_name_and_no_port(app, push):
    push("one", _profile="export PROFILE=read\n")
    set_config(app, COLOUR="green")
    command = "echo $DYNO $COLOUR $PROFILE ${PORT:-no port}; read LINE; echo $LINE; echo lost > made; ls"
    lines = run(app, command, typed=b"a line\n\4")
    assert lines[:2] == ["run.1 green read no port", "a line"]
    assert "server.py" in lines
    assert "made" in lines
    assert "made" not in run(app, "ls", typed=b"\4")


@contextmanager
def one_off_dyno(app, command: str):
    """Yield the connection to a one-off dyno, which starts when something is typed."""
    answer = request_app(app, "POST", "/dynos", {"command": command})
    context = ssl.create_default_context(cafile=str(app.account.rendezvous.certificate))
    address, _slash, name = answer["attach_url"].removeprefix("rendezvous://").partition("/")
    host, port = address.split(":")
    with (
        socket.create_connection((host, int(port)), timeout=60) as plain,
        context.wrap_socket(plain, server_hostname=host) as door,
    ):
        door.sendall(f"{name}\r\n".encode())
        assert door.recv(100) == b"rendezvous\r\n"
        yield door


def run(app, command: str, typed: bytes) -> list[str]:
    """Return the lines that a command prints in a one-off dyno; typed: its terminal input."""
    with one_off_dyno(app, command) as door:
        door.sendall(typed)
        printed = b""
        while more := door.recv(4096):
            printed += more
    return printed.decode().splitlines()


def test_client_that_says_nothing_holds_up_no_other_one(app, push):
    push("one")
    with socket.create_connection(app.account.rendezvous.server_address):
        assert run(app, "echo up", typed=b"\4") == ["up"]


def test_one_off_dyno_does_not_start_after_the_end_of_the_account(app, push):
    push("one")
    with one_off_dyno(app, "sleep 600") as door:
        app.account.__exit__()
        door.sendall(b"late\n")
        assert door.recv(100) == b""
    assert app.account.rendezvous.running == []


def test_account_ends_while_a_client_says_nothing(tmp_path):
    with ExitStack() as account_and_client:
        account = account_and_client.enter_context(Account(tmp_path, provision_addon=lambda _service: {}))
        client = socket.create_connection(account.rendezvous.server_address)
        end = threading.Thread(target=account_and_client.close, daemon=True)
        end.start()
        end.join(60)
        client.close()
        assert not end.is_alive()


def test_buildpack_that_the_imitation_lacks_is_named_and_the_push_refused(app, push):
    request_app(app, "PUT", "/buildpack-installations", {"updates": [{"buildpack": "https://example.com/ruby"}]})
    refused = push("one")
    assert not refused["accepted"]
    assert "The imitation does not have the buildpack https://example.com/ruby" in refused["log"]
    assert refused["log"].endswith("Push failed")


def test_run_before_the_first_push_is_refused(app):
    assert request_app(app, "POST", "/dynos", {"command": "ls"})["id"] == "not_found"


def test_api_names_a_call_that_it_does_not_know(account):
    answer = request_account(account, "GET", "/teapots?of=clay")
    assert answer["message"] == "the imitation does not know GET /teapots?of=clay"
    assert request_account(account, "DELETE", "/account")["message"] == "the imitation does not know DELETE /account"
    assert account.unknown_calls == ["GET /teapots?of=clay", "DELETE /account"]


def test_api_answers_an_exception_with_500_and_keeps_the_traceback(tmp_path):
    with Account(tmp_path, provision_addon=lambda _service: {}) as account:
        account.create().set_config = lambda *_arguments: 1 / 0
        assert "ZeroDivisionError" in request_app(account.app, "PATCH", "/config-vars")["message"]
        assert "ZeroDivisionError" in account.tracebacks[-1]
        with pytest.raises(AssertionError, match="ZeroDivisionError"):
            account.wait_for_boots()


def test_an_account_has_several_apps_and_each_has_its_own(account, app, push):
    one, two = app, account.create("other")
    push("first", to=one)
    push("second", to=two)
    set_config(two, COLOUR="green")
    assert (visitor_text(one), visitor_text(two)) == ("first none", "second green")
    assert request_app(one, "GET", "/config-vars") == {}
    assert [app["name"] for app in request_account(account, "GET", "/users/~/apps")] == ["hello-heroku", "other"]
    assert [len(app.releases[PUSHES]) for app in (one, two)] == [1, 2]
    assert not any("second" in line for lines in one.read_logs() for line in lines)
    request_app(one, "DELETE", "")
    assert visitor_text(two) == "second green"
    assert request_app(one, "GET", "")["message"] == "Couldn't find that app."
    assert is_unreachable(one)


def is_unreachable(app) -> bool:
    """Return whether an app has no dyno; fail if its router still accepts connections."""
    with pytest.raises(requests.ConnectionError):
        visitor_text(app)
    return not app.dynos


@pytest.mark.parametrize(
    ("name", "message"),
    [("taken", "is already taken"), ("Big", "lowercase"), ("../up", "lowercase"), ("a" * 31, "30 characters at most")],
)
def test_app_name_that_is_taken_or_invalid_is_refused(account, name, message):
    account.create("taken")
    refused = request_account(account, "POST", "/apps", {"name": name})
    assert refused["id"] == "invalid_params"
    assert message in refused["message"]
    assert list(account.apps) == ["taken"]


def test_account_leaves_no_process_behind(tmp_path):
    with Account(tmp_path, provision_addon=lambda _service: {}, boot_seconds=0.5) as account:
        app = account.create()
        lines = "web: (trap '' TERM; sleep 600) & sleep 600\nworker: sleep 600\n"
        app.push(write_app(tmp_path / "app", Procfile=lines), "0" * 40)
        app.scale({"worker": 1})
        request_app(app, "POST", "/dynos", {"command": "sleep 600"})
        dynos = list(app.dynos.values())
        assert len(dynos) == 2
    assert all(dyno.is_gone() for dyno in dynos)


def test_names_of_add_ons_differ_after_one_was_removed(app):
    first = app.add_addon("scheduler:standard")
    added = [first, app.add_addon("scheduler:standard")]
    app.remove_addon(first["id"])
    added.append(app.add_addon("scheduler:standard"))
    assert len({addon["name"] for addon in added}) == 3


def test_web_process_that_is_stopped_at_the_end_of_its_boot_gets_no_requests(app, push, monkeypatch):
    push("one")
    web = app.dynos["web"]
    monkeypatch.setattr(web, "boot", lambda *_seconds: "up")
    monkeypatch.setattr(web, "find_address", lambda: (app.stop("web"), ("127.0.0.1", web.port))[1])
    app.boot_web(web)
    assert requests.get(app.router.url, timeout=60).status_code == 503
    assert "code=H14" in app.router.log[-1]


def test_one_off_dyno_that_has_ended_is_forgotten_with_what_it_left_running(app, push):
    push("one")
    (pid,) = run(app, "sleep 600 >/dev/null 2>&1 & echo $!", typed=b"\4")
    assert eventually(lambda: app.account.rendezvous.running == [])
    assert eventually(lambda: not psutil.pid_exists(int(pid)) or psutil.Process(int(pid)).status() == "zombie")


def test_detached_one_off_dyno_is_refused_because_nobody_would_start_it(app, push):
    push("one")
    refused = request_app(app, "POST", "/dynos", {"command": "ls", "attach": False})
    assert refused["message"] == "The imitation has no detached one-off dyno: use heroku run without :detached."
    assert request_app(app, "POST", "/dynos", {"command": "ls", "attach": True})["name"] == "run.1"


@pytest.mark.parametrize(
    ("wanted", "found"),
    [({"dyno": "web"}, 1), ({"dyno": "web.1"}, 1), ({"dyno": "we."}, 0), ({"dyno": "web("}, 0), ({"source": ".+"}, 0)],
)
def test_lines_of_the_log_are_chosen_by_a_name_and_not_by_a_pattern(app, push, wanted, found):
    push("one")
    requests.get(f"{app.router.url}/tick", timeout=60)
    assert eventually(lambda: log_lines(app, lines=100).count("app[web.1]: /tick") == 1)
    assert log_lines(app, lines=100, **wanted).count("app[web.1]: /tick") == found


def test_app_is_closed_while_a_push_writes_into_its_folder(tmp_path, monkeypatch):
    def refuse(*_arguments, **_options):
        raise OSError(errno.ENOTEMPTY, "Directory not empty")

    with Account(tmp_path, provision_addon=lambda _service: {}) as account:
        app = account.create()
        monkeypatch.setattr(os, "rmdir", refuse)
    assert app.folder.is_dir()
    assert is_unreachable(app)


def test_processes_restart_in_the_order_of_the_procfile(app, push, monkeypatch):
    names = ["web", "worker", "clock", "mail", "search", "beat"]
    push("one", Procfile=WEB + "".join(f"{name}: exec sleep 600\n" for name in names[1:]))
    restarted = []
    monkeypatch.setattr(app, "restart", restarted.append)
    set_config(app, COLOUR="green")
    assert restarted == names


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "/apps/hello-heroku/addons/of-nobody"),
        ("POST", "/client/v11/databases/of-nobody/backups"),
        ("GET", "/client/v11/apps/hello-heroku/transfers/0"),
        ("GET", "/client/v11/apps/hello-heroku/transfers/1"),
        ("POST", "/client/v11/apps/hello-heroku/transfers/1/actions/public-url"),
        ("GET", "/apps/hello-heroku/releases/0"),
    ],
)
def test_what_does_not_exist_is_not_found(account, app, method, path):
    assert request_account(account, method, path)["id"] == "not_found"


def test_push_over_http_may_be_sent_in_chunks(tmp_path):
    """Git does that with a pack of more than http.postBuffer, here one byte."""
    source, hosts = tmp_path / "source", tmp_path / "hosts"
    write_files(source, {"large": os.urandom(2**17)})
    git(tmp_path, "init", "--quiet", "--bare", hosts / "app.git")
    git(source, "init", "--quiet", "--initial-branch=main")
    git(source, "add", "--all")
    git(source, "commit", "--quiet", "--message=One")
    with GitServer(hosts, lambda _user, password: password == "a-token") as server:
        url = "https://{}@git.heroku.com/app.git".format("you:a-token")
        push = ["git", "-c", "http.postBuffer=1", "push", url, "main"]
        pushed = subprocess.run(push, cwd=source, env=os.environ | server.environment(), capture_output=True, text=True)
        assert pushed.returncode == 0, pushed.stderr
        refs = f"http://127.0.0.1:{server.port}/app.git/info/refs"
        assert requests.get(refs, auth=("\xe9".encode("latin-1"), "x")).status_code == 401
