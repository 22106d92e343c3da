"""docs/explanation/ports.md: every claim the page makes, proved."""

import socket
import subprocess

import pytest
import requests

from handbook.fake_heroku.dyno import copy_app
from handbook.fake_heroku.packages import make_lock_environment
from handbook.fake_heroku.ports import free_port
from handbook.fake_heroku.process import Process, eventually
from handbook.paths import ROOT


def has_ipv6() -> bool:
    with socket.socket(socket.AF_INET6) as probe:
        try:
            probe.bind(("::1", 0))
        except OSError:
            return False
    return True


IPV6 = pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")


@pytest.mark.parametrize("line", ["flask run", "python app.py"])
def test_flask_s_own_server_listens_on_127_0_0_1_port_5000_whatever_port_says(dyno, needs_own_network, line):
    web = dyno("ports", command=line)
    web.own_network = needs_own_network(5000)
    with web:
        assert eventually(lambda: web.addresses() == {("127.0.0.1", 5000)}), web.log
        assert "Running on http://127.0.0.1:5000" in web.log


def test_gunicorn_without_port_listens_on_127_0_0_1_port_8000(dyno, needs_own_network):
    web = dyno("ports", command="unset PORT; gunicorn app:app")
    web.own_network = needs_own_network(8000)
    with web:
        assert eventually(lambda: web.addresses() == {("127.0.0.1", 8000)}), web.log


def test_gunicorn_with_port_listens_there_on_every_address(dyno):
    with dyno("ports").running() as web:
        assert web.addresses() == {("0.0.0.0", web.port)}


def test_uwsgi_with_port_listens_there_on_every_address(dyno):
    with dyno("uwsgi").running() as web:
        assert web.addresses() == {("0.0.0.0", web.port)}


def test_uwsgi_without_port_listens_on_a_port_chosen_at_random(dyno):
    with dyno("uwsgi", command="unset PORT; uwsgi uwsgi.ini") as web:
        assert web.boot(elsewhere=1) == "R10"
        (address,) = web.addresses()
        assert f"bound to TCP address :{address[1]}" not in web.log  # not even the log names it


def test_waitress_listens_on_every_address_port_8080_unless_told(dyno):
    waitress = make_lock_environment(dyno("servers/form-waitress").app / "requirements.txt") / "bin" / "waitress-serve"
    text = " ".join(subprocess.run([waitress, "--help"], capture_output=True, text=True).stdout.split())
    assert "default is '0.0.0.0'" in text
    assert "default is '8080'" in text


def test_heroku_local_gives_each_web_process_the_port_of_the_facts(laptop, needs_own_network, facts):
    app, port = copy_app("ports", laptop.folder), int(facts["local_port"]["value"])
    laptop.env["PATH"] = (
        f"{make_lock_environment(app / 'requirements.txt')}/bin:{ROOT}/node_modules/.bin:{laptop.env['PATH']}"
    )
    local = Process(["heroku", "local"], app, laptop.env, laptop.log_file)
    local.own_network = needs_own_network(port)
    with local:
        assert eventually(lambda: local.addresses() == {("0.0.0.0", port)}), local.log


@pytest.mark.parametrize(
    ("address", "from_outside"),
    [("127.0.0.1:$PORT", False), ("0.0.0.0:$PORT", True), pytest.param("[::]:$PORT", True, marks=IPV6)],
)
def test_the_address_decides_who_may_call(dyno, address, from_outside):
    """127.0.0.2 stands in for the address that the router calls: another one of the same machine."""
    with dyno("ports", command=f"gunicorn --bind {address} app:app") as web:
        assert web.boot(elsewhere=1) == ("up" if from_outside else "R10"), web.log
        assert requests.get(f"http://127.0.0.1:{web.port}", timeout=60).text == "Hello"
        if from_outside:
            assert requests.get(f"http://127.0.0.2:{web.port}", timeout=60).text == "Hello"
        else:
            with pytest.raises(requests.ConnectionError):
                requests.get(f"http://127.0.0.2:{web.port}", timeout=60)


@IPV6
def test_double_colon_answers_over_ipv6_too(dyno):
    with dyno("ports", command="gunicorn --bind [::]:$PORT app:app").running() as web:
        assert requests.get(f"http://[::1]:{web.port}", timeout=60).text == "Hello"


def test_another_port_is_an_r10_on_every_address_too(dyno):
    port = free_port()
    with dyno("ports", command=f"gunicorn --bind 0.0.0.0:{port} app:app") as web:
        assert web.boot(elsewhere=1) == "R10"
        assert web.listens_on(port)


def test_each_start_gets_another_port(dyno):
    assert dyno("ports").port != dyno("ports").port


def test_an_app_that_listens_itself_works_alone(dyno):
    with dyno("ports/broken-unguarded", command="python app.py").running() as web:
        assert web.get("/").text == "Hello"


def test_an_unguarded_app_run_fights_gunicorn_for_the_port_and_nobody_is_answered(dyno, expected_lines):
    with dyno("ports/broken-unguarded") as web:
        assert web.wait_for_log(f"{expected_lines('ports/broken-unguarded')[0]}\n"), web.log
        assert web.boot(timeout=5) != "up", web.log
    with dyno("ports").running() as web:
        assert web.get("/").text == "Hello"
