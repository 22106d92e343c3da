"""handbook/programs.py: a program that is run to its end gets no input, and does not run for ever."""

import psutil
import pytest

from handbook.fake_heroku.process import eventually, is_alive
from handbook.programs import run_program


def test_program_that_reads_gets_no_input():
    assert run_program(["cat"], capture_output=True).stdout == b""


def test_program_that_goes_on_is_named_with_its_timeout():
    with pytest.raises(TimeoutError) as failure:
        run_program(["sleep", "60"], timeout=0.1)
    assert str(failure.value) == "sleep 60: this has not ended after 0.1 seconds."


def test_program_that_goes_on_is_ended_with_what_it_has_started(tmp_path):
    with pytest.raises(TimeoutError):
        run_program(["bash", "-c", "sleep 60 & echo $! >started; wait"], cwd=tmp_path, timeout=5)
    started = int((tmp_path / "started").read_text())
    assert eventually(lambda: not psutil.pid_exists(started) or not is_alive(psutil.Process(started)), 5)
