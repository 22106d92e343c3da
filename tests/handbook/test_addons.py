"""handbook/fake_heroku/addons: a server that cannot start says why, and leaves neither a process nor a file."""

import signal
import subprocess
import sys
import tempfile

import pytest

from handbook.fake_heroku import server
from handbook.fake_heroku.addons import s3


def test_server_that_cannot_start_raises_its_log_and_leaves_nothing(tmp_path, monkeypatch):
    program, places = tmp_path / "program", tmp_path / "places"
    program.write_text("#!/bin/sh\necho No space left\nexit 1\n")
    program.chmod(0o755)
    places.mkdir()
    monkeypatch.setattr(sys, "executable", str(program))
    monkeypatch.setattr(tempfile, "tempdir", str(places))
    with pytest.raises(RuntimeError, match="No space left"), s3.Service():
        pass
    assert list(places.iterdir()) == []


class StubbornServer(server.Server):
    """It does not end at the signal that should end it."""

    ready, end_signal = "Ready", signal.SIGTERM

    def prepare(self):
        self.argv, self.env = ["bash", "-c", "trap '' TERM; echo Ready; while true; do sleep 600; done"], {}


def test_server_that_does_not_end_at_its_signal_is_killed(monkeypatch):
    monkeypatch.setattr(server, "DEFAULT_TIMEOUT", 0.1)
    with pytest.raises(subprocess.TimeoutExpired), StubbornServer() as stubborn:
        pass
    assert stubborn.popen.poll() == -signal.SIGKILL
    assert not stubborn.folder.exists()
