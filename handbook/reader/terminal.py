"""A pseudo-terminal in which a program runs: what it shows, the keys that are pressed, the closing of the window."""

import codecs
import os
import select
import threading
from contextlib import suppress
from pathlib import Path
from typing import Self

from handbook.fake_heroku.process import ANSI_COLOR, Process, eventually, open_terminal

SIZE = (50, 200)  # lines, columns
CTRL_C, CTRL_D = "\3", "\4"


class Terminal(Process):
    """A command on its own pseudo-terminal, inside a `with` block."""

    def __init__(self, command: list, cwd: Path, env: dict[str, str]):
        self.master, self.slave, attach = open_terminal(*SIZE)
        super().__init__(["bash", "-c", f'{attach}exec "$@"', "bash", *command], cwd, env, Path(os.devnull))
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
        """Close the terminal, at which its programs receive SIGHUP."""
        if not self.closed:
            self.closed = True
            self.reader.join()  # the terminal stays open while a thread reads from it
            os.close(self.master)

    def read(self) -> None:
        decoder = codecs.getincrementaldecoder("utf-8")("replace")  # a character may arrive in two parts
        with suppress(OSError):  # the last program has ended
            while not self.closed:
                if select.select([self.master], [], [], 0.1)[0]:
                    self.shown += decoder.decode(os.read(self.master, 4096))

    @property
    def log(self) -> str:
        """Its output so far, without colors and carriage returns."""
        return ANSI_COLOR.sub("", self.shown).replace("\r", "")

    def send_keys(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def answer_prompt(self, question: str, keys: str) -> None:
        """Press keys once the question is on the screen."""
        assert eventually(lambda: question in self.log), self.log
        self.send_keys(keys)
