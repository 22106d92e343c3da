"""A terminal in which a program runs: what is on the screen, the keys, the window that is closed."""

import os
import select
import termios
import threading
from contextlib import suppress
from pathlib import Path
from typing import Self

from handbook.fake_heroku.process import ANSI_COLOR, Process, eventually

SIZE = (50, 200)  # lines, columns
# A shell needs the terminal as its own: that is the first one which the leader of a session opens.
ATTACH_TERMINAL = 'exec <>"$0" >&0 2>&0; exec "$@"'
CTRL_C, CTRL_D = "\3", "\4"


class Screen(Process):
    """A command on a terminal of its own, inside a `with` block."""

    def __init__(self, command: list, cwd: Path, env: dict[str, str]):
        self.master, self.slave = os.openpty()
        termios.tcsetwinsize(self.slave, SIZE)
        super().__init__(["bash", "-c", ATTACH_TERMINAL, os.ttyname(self.slave), *command], cwd, env, Path(os.devnull))
        self.shown, self.closed = "", False

    def __enter__(self) -> Self:
        self.start_process(self.slave, self.slave)
        os.close(self.slave)
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        return self

    def __exit__(self, *error: object) -> None:
        super().__exit__(*error)
        self.close_window()

    def close_window(self) -> None:
        """What runs in it is hung up."""
        if not self.closed:
            self.closed = True
            self.reader.join()  # as long as somebody reads, it is not closed
            os.close(self.master)

    def read(self) -> None:
        with suppress(OSError):  # the last program has ended
            while not self.closed:
                if select.select([self.master], [], [], 0.1)[0]:
                    self.shown += os.read(self.master, 4096).decode("utf-8", "replace")

    @property
    def log(self) -> str:
        """What it has shown, without colours."""
        return ANSI_COLOR.sub("", self.shown).replace("\r", "")

    def send_keys(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def answer(self, question: str, keys: str) -> None:
        """Press keys once the question is on the screen."""
        assert eventually(lambda: question in self.log), self.log
        self.send_keys(keys)
