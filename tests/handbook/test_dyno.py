"""handbook/fake_heroku/dyno.py: its verdicts on servers that each do one thing wrong."""

import os
import socket

import pytest

from handbook.fake_heroku.dyno import BOOT_ERROR, EXIT_ERROR, FOLDER_ON_HEROKU
from handbook.fake_heroku.limits import MEMORY_MB
from handbook.fake_heroku.process import Process, eventually

# The beginning of a server.py. serve() answers every request with its status; each answer creates the file "answered".
SERVER = """
import os, socket, sys, time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

PORT = int(os.environ["PORT"])

class Handler(BaseHTTPRequestHandler):
    status = 200
    def do_GET(self):
        Path("answered").touch()
        self.send_response(self.status)
        self.end_headers()

def listener(host="0.0.0.0", port=PORT):
    return socket.create_server((host, port))

def serve(sock=None, status=200):
    Handler.status = status
    server = HTTPServer(("", 0), Handler, bind_and_activate=False)
    server.socket.close()
    server.socket = sock or listener()
    server.serve_forever()
"""


@pytest.fixture
def server(dyno):
    """Return server("serve()"): a dyno that runs this code after SERVER."""

    def make(code: str, **how):
        web = dyno("ports", command="exec python server.py", **how)
        (web.app / "server.py").write_text(f"{SERVER}\n{code}\n")
        return web

    return make


def test_dyno_is_up_once_it_has_answered(server):
    with server("sock = listener(); time.sleep(2); serve(sock)").running() as web:
        assert (web.app / "answered").exists()
        assert web.get("/").status_code == 200


@pytest.mark.parametrize("status", [204, 301, 404, 500])
def test_dyno_is_up_with_any_http_status(server, status):
    with server(f"serve(status={status})").running():
        pass


def test_an_app_that_must_run_and_does_not_fails_with_its_verdict_and_its_log(server):
    with pytest.raises(AssertionError, match="H10\nno app"), server("sys.exit('no app')").running():
        pass


def test_a_process_that_ends_after_it_listened_is_an_h10(server):
    with server("sock = listener(); time.sleep(1); sys.exit('no app')") as web:
        assert web.boot() == "H10"
        assert web.get("/").status_code == 503
        assert "code=H10" in web.router.log[-1]


def test_an_app_that_cannot_be_imported_by_the_workers_of_gunicorn_is_an_h10(dyno):
    """Without preload, Gunicorn listens before it imports the app."""
    web = dyno("ports")
    (web.app / "app.py").write_text("import time\ntime.sleep(1)\nimport no_such_module\n")
    with web:
        assert web.boot() == "H10"
        assert "Listening at" in web.log
        assert "No module named 'no_such_module'" in web.log


def test_a_process_that_ends_before_it_listens_is_an_h10(server):
    with server("sys.exit(1)") as web:
        assert web.boot() == "H10"


def test_dyno_without_a_procfile_line_is_an_h14(dyno):
    with dyno("ports", process="clock") as clock:
        assert clock.boot() == "H14"
        assert clock.get("/").status_code == 503
        assert "code=H14" in clock.router.log[-1]


def test_dyno_that_binds_its_port_late_is_up(server):
    with server("metrics = listener('127.0.0.1', 0); time.sleep(3); serve()").running():
        pass


@pytest.mark.parametrize("where", ["'127.0.0.1'", "'0.0.0.0', 0"])
def test_dyno_on_an_unreachable_address_is_an_r10(server, where):
    with server(f"serve(listener({where}))") as web:
        assert web.boot(timeout=600, elsewhere=1) == "R10"
        assert web.log.endswith(f"{BOOT_ERROR}\n")
        assert web.router.target is None


def test_dyno_on_a_public_address_of_this_machine_is_reached(server):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # UDP: nothing is sent, only a local address is chosen
        except OSError:
            pytest.skip("this machine has no address but loopback")
        host = probe.getsockname()[0]
    with server(f"serve(listener({host!r}))").running() as web:
        assert web.router.target == (host, web.port)


def test_a_process_that_listens_and_never_answers_is_an_h12(server):
    with server("sock = listener(); time.sleep(600)") as web:
        assert eventually(lambda: web.boot(timeout=2) == "H12")


def test_a_process_that_hangs_up_is_an_h13(server):
    with server("sock = listener()\nwhile True: sock.accept()[0].close()") as web:
        assert eventually(lambda: web.boot(timeout=2) == "H13")


def test_a_process_that_ignores_sigterm_is_an_r12(server, monkeypatch):
    monkeypatch.setattr("handbook.fake_heroku.dyno.EXIT_SECONDS", 1)
    with server("import signal; signal.signal(signal.SIGTERM, lambda *_: None); serve()").running() as web:
        assert web.stop() == "R12"
        assert web.log.endswith(f"{EXIT_ERROR}\n")
    assert not web.tree()


def test_profile_scripts_run_before_the_line_and_win_over_the_defaults(dyno):
    web = dyno("ports", command="echo $ONE $TWO $WEB_CONCURRENCY $HOME $PWD")
    (web.app / ".profile.d").mkdir()
    (web.app / ".profile.d/a.sh").write_text("export ONE=first TWO=first\n")
    (web.app / ".profile").write_text("export TWO=second WEB_CONCURRENCY=7\n")
    with web:
        assert web.wait() == 0
        assert web.log.split() == ["first", "second", "7", str(web.app), str(web.app)]


@pytest.mark.parametrize(
    ("line", "seen"),
    [
        ("gunicorn --chdir /app app:app", "gunicorn --chdir X app:app"),
        ("cd /app/src && python -m x --dir=/app", "cd X/src && python -m x --dir=X"),
        ("PYTHONPATH=/app:/app/lib uwsgi '/app/u.ini'", "PYTHONPATH=X:X/lib uwsgi 'X/u.ini'"),
        ("python /srv/app/x.py src/app /application $HOME/app ~/app", None),
    ],
)
def test_the_folder_of_an_app_on_heroku_is_its_folder_here_in_a_line_only_where_it_is_meant(line, seen):
    assert FOLDER_ON_HEROKU.sub("X", line) == (seen or line)


def test_gunicorn_is_told_to_change_into_the_folder_of_the_app_as_on_heroku(dyno):
    with dyno("ports", command="gunicorn --chdir /app app:app").running():
        pass


def test_slow_request_is_counted_while_it_runs(dyno):
    with dyno("ports", slow=True).running() as web:
        with web.request_in_flight(seconds=300) as answer:
            assert web.request_events() == ["in"]
            assert not answer
            web.finish_requests()
        assert answer == {"status": 200, "text": "done"}
        assert web.request_events() == ["in", "out"]


def test_the_memory_of_all_its_processes_is_measured(server):
    code = f"block = bytearray({MEMORY_MB} * 2**20); block[::4096] = b'x' * len(block[::4096]); os.fork(); serve()"
    with server(f"sock = listener(); {code.replace('serve()', 'serve(sock)')}").running() as web:
        assert MEMORY_MB < web.memory_mb() < 2 * MEMORY_MB  # the child shares the block


def test_dyno_that_was_not_started_opens_no_socket(dyno):
    before = os.listdir("/proc/self/fd")
    kept = [dyno("ports") for _ in range(3)]
    assert len(os.listdir("/proc/self/fd")) <= len(before), kept


def test_router_of_a_dyno_that_cannot_be_started_or_killed_is_closed(dyno, monkeypatch):
    def is_closed(web) -> bool:
        with socket.socket() as client:
            return client.connect_ex(web.router.server_address) != 0

    missing = dyno("ports")
    missing.cwd = missing.app / "nowhere"
    with pytest.raises(FileNotFoundError), missing:
        pass
    assert is_closed(missing)
    web, kill = dyno("ports", command="exec sleep 600"), Process.kill
    with monkeypatch.context() as patch, pytest.raises(ZeroDivisionError), web:
        patch.setattr(Process, "kill", lambda process: (kill(process), 1 / 0))
    assert is_closed(web)
