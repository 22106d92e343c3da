"""Ends what a command has started, however the command ends, and whenever Ctrl+C is pressed."""

import ctypes
import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from types import FrameType

import psutil

from handbook.fake_heroku.process import eventually, is_alive

ADOPT_ORPHANS = 36  # PR_SET_CHILD_SUBREAPER, of <sys/prctl.h>
EXIT_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# {signal: how many seconds processes have after it}: first what a closed window sends, or SIGKILL alone
GENTLY = {signal.SIGHUP: 5, signal.SIGTERM: 5, signal.SIGKILL: 30}
AT_ONCE = {signal.SIGKILL: 30}


def exit_on_signals() -> None:
    """Have the first signal raise SystemExit, so that `with` and `finally` clean up; ignore all further ones."""
    for number in EXIT_SIGNALS:
        signal.signal(number, raise_exit)


def raise_exit(number: int, _frame: FrameType | None) -> None:
    ignore_signals()
    raise SystemExit(128 + number)  # as a shell does


def ignore_signals() -> None:
    """Ignore further signals, so that none interrupts the cleanup."""
    for number in EXIT_SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def list_children() -> list[psutil.Process]:
    """Return the live descendants of this process."""
    return [*filter(is_alive, psutil.Process().children(recursive=True))]


def end_processes(find: Callable[[], list[psutil.Process]], signals: dict[signal.Signals, int]) -> None:
    """End the processes that find() returns, also those started meanwhile, by one signal after another."""
    for number, timeout in signals.items():
        if eventually(partial(signal_each, find, number, set()), timeout):
            return


def signal_each(find: Callable[[], list[psutil.Process]], number: int, told: set[psutil.Process]) -> bool:
    """Send a signal to each process that was not told yet, and return whether none is left."""
    for process in find():
        if process not in told:
            told.add(process)
            with suppress(psutil.Error):
                process.send_signal(number)
    return not find()


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Yield a folder for all temporary files; at the end, kill the processes started meanwhile and delete the folder.

    Use it only in a process of its own, because it kills all children of the process. Raises SystemExit at Ctrl+C, and
    where the terminal is closed. A signal that was blocked before is delivered inside.
    """
    # A descendant whose parent ends becomes a child of this process, so that list_children() finds it.
    ctypes.CDLL(None).prctl(ADOPT_ORPHANS, 1, 0, 0, 0)
    exit_on_signals()
    folder = Path(tempfile.mkdtemp(prefix="try-"))
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, signal.valid_signals())
        folder.chmod(0o711)  # where we are root, the servers run as other users
        tempfile.tempdir = os.environ["TMPDIR"] = str(folder)
        yield folder
    finally:
        ignore_signals()
        end_processes(list_children, AT_ONCE)
        shutil.rmtree(folder, ignore_errors=True)
