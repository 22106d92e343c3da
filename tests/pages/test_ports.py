"""docs/explanation/ports.md: every claim the page makes, proved."""

import subprocess
import time

import pytest
import requests

from handbook.fake_heroku.dyno import app_folder, free_port
from handbook.fake_heroku.packages import environment
from handbook.fake_heroku.process import PATIENCE, Process
from handbook.paths import ROOT


def claims(process: Process, host: str, port: int) -> bool:
    """Whether it listens there; or says, by its number, that another program does."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        in_use = "in use" in process.log and str(port) in process.log
        if in_use or (host, port) in process.addresses():
            return True
        time.sleep(0.05)
    return False


def running(dyno, line: str, name: str = "ports"):
    web = dyno(name)
    web.command = ["bash", "-c", line]
    return web


@pytest.mark.parametrize("line", ["flask run", "python app.py"])
def test_flask_s_own_server_listens_on_127_0_0_1_port_5000_whatever_port_says(dyno, line):
    with running(dyno, line) as web:
        assert claims(web, "127.0.0.1", 5000), web.log
        assert web.port not in {port for _host, port in web.addresses()}


def test_gunicorn_without_port_listens_on_127_0_0_1_port_8000(dyno):
    with running(dyno, "unset PORT; gunicorn app:app") as web:
        assert claims(web, "127.0.0.1", 8000), web.log


def test_gunicorn_with_port_listens_there_on_every_address(dyno):
    with dyno("ports") as web:
        assert web.boot() == "up", web.log
        assert web.addresses() == {("0.0.0.0", web.port)}


def test_uwsgi_with_port_listens_there_on_every_address(dyno):
    with dyno("uwsgi") as web:
        assert web.boot() == "up", web.log
        assert web.addresses() == {("0.0.0.0", web.port)}


def test_uwsgi_without_port_listens_on_a_port_chosen_at_random(dyno):
    with running(dyno, "unset PORT; uwsgi uwsgi.ini", "uwsgi") as web:
        assert web.boot() == "R10"
        (address,) = web.addresses()
        assert f"bound to TCP address :{address[1]}" not in web.log  # not even the log names it


def test_waitress_listens_on_every_address_port_8080_unless_told(dyno):
    waitress = environment(dyno("servers/form-waitress").app / "requirements.txt") / "bin" / "waitress-serve"
    text = " ".join(subprocess.run([waitress, "--help"], capture_output=True, text=True).stdout.split())
    assert "default is '0.0.0.0'" in text
    assert "default is '8080'" in text


def test_heroku_local_gives_each_web_process_the_port_of_the_facts(laptop, facts):
    app = app_folder("ports", laptop.folder)
    laptop.env["PATH"] = f"{environment(app / 'requirements.txt')}/bin:{ROOT}/node_modules/.bin:{laptop.env['PATH']}"
    with Process(["heroku", "local"], app, laptop.env, laptop.log_file) as local:
        assert claims(local, "0.0.0.0", int(facts["local_port"]["value"])), local.log


@pytest.mark.parametrize(
    ("address", "from_outside"), [("127.0.0.1:$PORT", False), ("0.0.0.0:$PORT", True), ("[::]:$PORT", True)]
)
def test_the_address_decides_who_may_call(dyno, address, from_outside):
    """127.0.0.2 is another address of the same machine, as the one that the router calls is."""
    with running(dyno, f"gunicorn --bind {address} app:app") as web:
        assert web.boot() == ("up" if from_outside else "R10"), web.log
        assert requests.get(f"http://127.0.0.1:{web.port}", timeout=60).text == "Hello"
        if from_outside:
            assert requests.get(f"http://127.0.0.2:{web.port}", timeout=60).text == "Hello"
        else:
            with pytest.raises(requests.ConnectionError):
                requests.get(f"http://127.0.0.2:{web.port}", timeout=60)


def test_double_colon_answers_over_ipv6_too(dyno):
    with running(dyno, "gunicorn --bind [::]:$PORT app:app") as web:
        assert web.boot() == "up", web.log
        assert requests.get(f"http://[::1]:{web.port}", timeout=60).text == "Hello"


def test_another_port_is_an_r10_on_every_address_too(dyno):
    with running(dyno, f"gunicorn --bind 0.0.0.0:{free_port()} app:app") as web:
        assert web.boot() == "R10"


def test_each_start_gets_another_port(dyno):
    assert dyno("ports").port != dyno("ports").port


def test_an_app_that_listens_itself_works_alone(dyno):
    with running(dyno, "python app.py", "ports/broken-unguarded") as web:
        assert web.boot() == "up", web.log
        assert web.get("/").text == "Hello"


def test_an_unguarded_app_run_fights_gunicorn_for_the_port_and_nobody_is_answered(dyno, expected):
    with dyno("ports/broken-unguarded") as web:
        assert web.wait_for_log(f"{expected('ports/broken-unguarded')[0]}\n"), web.log
        with pytest.raises(requests.RequestException):
            requests.get(f"http://127.0.0.1:{web.port}", timeout=3)
    with dyno("ports") as web:
        assert web.boot() == "up", web.log
        assert web.get("/").text == "Hello"
