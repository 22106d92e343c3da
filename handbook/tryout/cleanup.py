"""Whatever happens, and whenever somebody presses Ctrl+C: no process, no port and no file is left."""

import ctypes
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

import psutil

from handbook.fake_heroku.process import eventually
from handbook.tryout import SIGNALS

ADOPT_ORPHANS = 36  # PR_SET_CHILD_SUBREAPER, of <sys/prctl.h>


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Yield a folder for everything that is written meanwhile; everything started inside is ended after it.

    For a process of its own alone: it ends all the children of this one. Raises KeyboardInterrupt at Ctrl+C, and
    where the terminal is closed.
    """
    # A child whose parent ends becomes ours, and is found.
    ctypes.CDLL(None).prctl(ADOPT_ORPHANS, 1, 0, 0, 0)
    for number in SIGNALS:
        signal.signal(number, handle_signal)
    folder = Path(tempfile.mkdtemp(prefix="try-"))
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)  # one that came meanwhile comes now
        folder.chmod(0o711)  # as root, the servers run as other users
        tempfile.tempdir = os.environ["TMPDIR"] = str(folder)
        yield folder
    finally:
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        eventually(kill_children, 30)
        shutil.rmtree(folder, ignore_errors=True)


def handle_signal(_number: int, _frame: FrameType | None) -> None:
    """Stop once; who presses Ctrl+C again does not keep us from tidying up."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def kill_children() -> bool:
    """Kill every process that is ours, and return whether there was none."""
    alive = psutil.Process().children(recursive=True)
    for process in alive:
        with suppress(psutil.Error):
            process.kill()
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    return not psutil.Process().children(recursive=True)
