"""handbook/fake_heroku/addons: a server that cannot start says why, and leaves neither a process nor a file."""

import sys
import tempfile

import pytest

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
