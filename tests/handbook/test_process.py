"""handbook/fake_heroku/process.py and ports.py: processes are found and ended by id; no port is given twice."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from handbook.fake_heroku import ports
from handbook.fake_heroku.process import Process, eventually, has_lines, listening_addresses


@pytest.fixture
def run(tmp_path):
    """Return run("a line for bash"): a process that is not started yet."""
    return lambda line: Process(["bash", "-c", line], tmp_path, {"PATH": os.environ["PATH"]}, tmp_path / "log.txt")


def is_alive(pid: str) -> bool:
    return Path(f"/proc/{pid}").exists() and "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()


def test_exit_kills_children_that_ignore_signals_and_no_other_process(run):
    stranger = subprocess.Popen(["sleep", "600"])
    try:
        with run("trap '' TERM INT; (trap '' TERM; echo $BASHPID; sleep 600) & sleep 600") as process:
            assert process.wait_for_log()
            child = process.log.strip()
            assert is_alive(child)
        assert not is_alive(child)
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_exit_kills_children_that_are_started_meanwhile(run):
    with run("trap '' TERM; born() { sleep 600 & }; while true; do born; echo; done") as process:
        assert eventually(lambda: len(process.tree()) > 20)
    assert not process.tree()


def test_process_that_has_ended_kills_no_session_that_has_its_id_now(run):
    with run("true") as ended:
        assert ended.wait() == 0
    stranger = subprocess.Popen(["sleep", "600"], start_new_session=True)
    try:
        ended.popen.pid = stranger.pid
        ended.kill()
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_exception_in_the_block_ends_the_process(run):
    with pytest.raises(ZeroDivisionError), run("sleep 600") as process:
        raise ZeroDivisionError
    assert not process.tree()


def test_wait_times_out_with_the_log(run):
    with run("echo Thinking; sleep 600") as process:
        assert process.wait_for_log("Thinking")
        with pytest.raises(TimeoutError, match="Thinking"):
            process.wait(timeout=0.1)
        # Not SIGINT: if pytest runs in the background of a shell, its child processes inherit that SIGINT is ignored.
        process.send_signal(signal.SIGTERM)
        assert process.wait() == -signal.SIGTERM


def test_wait_for_log_stops_when_the_process_and_its_children_have_ended(run):
    with run("(sleep 0.2; echo of a child) & exit 3") as process:
        assert process.wait_for_log("of a child")
        assert not process.wait_for_log("never printed")
        assert process.is_gone()


@pytest.mark.parametrize("line", ["echo No space left; exit 1", "echo No space left; sleep 600"])
def test_process_that_does_not_get_ready_raises_its_log_and_is_killed(run, line, monkeypatch):
    process = run(line)
    process.ready = "Ready"
    monkeypatch.setattr("handbook.fake_heroku.process.DEFAULT_TIMEOUT", 1 if "sleep" in line else 60)
    with pytest.raises(RuntimeError, match="is not ready:\nNo space left"), process:
        pass
    assert not process.tree()


def test_process_is_ready_when_it_says_so(run):
    process = run("sleep 0.2; echo Ready; sleep 600")
    process.ready = "Ready"
    with process:
        assert process.log == "Ready\n"


def test_wait_for_port_stops_when_the_process_has_ended(run):
    with run("exit 3") as process:
        assert not process.wait_for_port(1)
        assert process.wait() == 3


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_addresses_are_those_on_which_a_process_listens(host):
    with socket.create_server((host, 0)) as server:
        port = server.getsockname()[1]
        assert (host, port) in listening_addresses(os.getpid())
        with socket.create_connection(("127.0.0.1", port)) as client:
            assert client.getsockname() not in listening_addresses(os.getpid())
    assert (host, port) not in listening_addresses(os.getpid())


def test_addresses_include_ipv6():
    try:
        server = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("this machine has no IPv6")
    with server:
        assert ("::1", server.getsockname()[1]) in listening_addresses(os.getpid())


def test_process_in_its_own_network_can_bind_a_taken_port(tmp_path):
    if not ports.can_have_own_network():
        pytest.skip("this user may not have a network of their own")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]
        process = Process(command, tmp_path, {"PATH": os.environ["PATH"]}, tmp_path / "log.txt")
        process.own_network = True
        with process:
            assert process.wait_for_port(port), process.log
            assert process.addresses() == {("127.0.0.1", port)}
            assert os.stat(f"/proc/{process.popen.pid}").st_uid == os.geteuid()


def test_free_ports_differ_between_processes():
    code = "from handbook.fake_heroku.ports import free_port; print(*(free_port() for _ in range(60))); input()"
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    others = [subprocess.Popen([sys.executable, "-c", code], **pipes) for _ in range(2)]
    try:
        given = [{int(port) for port in other.stdout.readline().split()} for other in others]
        given.append({ports.free_port() for _ in range(60)})
        assert [len(one) for one in given] == [60] * 3
        assert len(set.union(*given)) == 180
    finally:
        for other in others:
            other.communicate("\n", timeout=60)


def test_free_port_is_unused_and_outside_the_range_of_clients():
    lowest = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    first = ports.free_port()
    assert first < max(lowest, 32_000)
    with socket.create_server(("127.0.0.1", first)):
        assert first not in {ports.free_port() for _ in range(2 * ports.BLOCK)}


def test_reserved_port_belongs_to_one_test_at_a_time():
    port = ports.free_port()
    with ports.reserve_port(port) as is_free, socket.socket(socket.AF_UNIX) as other:
        assert is_free
        assert not ports.try_to_bind(other, ports.port_lock_name(port))
    with socket.create_server(("127.0.0.1", port)), ports.reserve_port(port) as is_free:
        assert not is_free


def test_has_lines_matches_whole_words_in_order():
    assert has_lines("one line\nError: no app\nlast", ["one", "Error: no app"])
    assert not has_lines("one line\nError: no apple", ["Error: no app"])
    assert not has_lines("second first", ["first", "second"])
