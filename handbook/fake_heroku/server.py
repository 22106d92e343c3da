"""The base class of the servers behind add-ons: a program with a port and a folder of its own."""

import os
import pwd
import signal
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from handbook.fake_heroku.ports import free_port
from handbook.fake_heroku.process import DEFAULT_TIMEOUT, Process


class Server(Process):
    """Alive inside a `with` block, at whose end, or where the start fails, its folder is deleted.

    A subclass sets `ready`, what the program prints when it accepts connections, and prepare() sets its command and
    environment. runs_as_root: False where the program refuses that. end_signal: ends the program, which saves its data.
    """

    runs_as_root = True
    end_signal: signal.Signals | None = None

    def __init__(self) -> None:
        self.port = free_port()

    def prepare(self) -> None:
        """Write files into the folder; set argv and env."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            name = type(self).__module__.rpartition(".")[2]
            self.cwd = self.folder = Path(stack.enter_context(TemporaryDirectory(prefix=f"{name}-")))
            self.log_file = self.folder / "log.txt"
            if not self.runs_as_root and os.geteuid() == 0:
                self.user = "nobody"
                os.chown(self.folder, pwd.getpwnam(self.user).pw_uid, pwd.getpwnam(self.user).pw_gid)
            self.prepare()
            self.start()
            self.resources = stack.pop_all()
        return self

    def __exit__(self, *error: object) -> None:
        with self.resources:
            try:
                self.stop()
            finally:
                super().__exit__(*error)

    def start(self) -> None:
        """Start the program, also after stop(). Raises RuntimeError with its log where it does not get ready."""
        super().__enter__()

    def stop(self) -> None:
        """Shut the program down as for maintenance: every connection is closed."""
        if self.end_signal:
            self.popen.send_signal(self.end_signal)
            self.popen.wait(timeout=DEFAULT_TIMEOUT)
