"""Cleanup, however a trial ends, and whenever Ctrl+C is pressed: no process, no port and no file is left."""

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
    """Yield a folder for all temporary files; at the end, kill the processes started meanwhile and delete the folder.

    Use it only in a process of its own, because it kills all children of the process. Raises KeyboardInterrupt at
    Ctrl+C, and where the terminal is closed.
    """
    # A descendant whose parent ends becomes a child of this process, so that kill_children() finds it.
    ctypes.CDLL(None).prctl(ADOPT_ORPHANS, 1, 0, 0, 0)
    for number in SIGNALS:
        signal.signal(number, handle_signal)
    folder = Path(tempfile.mkdtemp(prefix="try-"))
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)  # a blocked signal is delivered now
        folder.chmod(0o711)  # where we are root, the servers run as other users
        tempfile.tempdir = os.environ["TMPDIR"] = str(folder)
        yield folder
    finally:
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        eventually(kill_children, 30)
        shutil.rmtree(folder, ignore_errors=True)


def handle_signal(_number: int, _frame: FrameType | None) -> None:
    """Raise KeyboardInterrupt once, and ignore further signals: a second Ctrl+C must not interrupt the cleanup."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def kill_children() -> bool:
    """Kill all descendants of this process, and return whether none is left."""
    alive = psutil.Process().children(recursive=True)
    for process in alive:
        with suppress(psutil.Error):
            process.kill()
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    return not psutil.Process().children(recursive=True)
