"""Copied into an app as sitecustomize.py by a test that needs a slow request: every Flask app gets /slow/<seconds>.

It answers when the seconds are over, or one second after the file `let-go` is there. A line of the file `visits` says
when a request has come in, another when it goes out.
"""

import os
import time
from pathlib import Path
from typing import Any

import flask

VISITS, LET_GO = Path(__file__).with_name("visits"), Path(__file__).with_name("let-go")


def note(what: str) -> None:
    file = os.open(VISITS, os.O_WRONLY | os.O_CREAT | os.O_APPEND)  # several processes write, each a whole line
    os.write(file, f"{what}\n".encode())
    os.close(file)


def slow(seconds: float) -> str:
    note("in")
    end = time.monotonic() + seconds
    while time.monotonic() < end and not LET_GO.exists():
        time.sleep(0.02)
    if LET_GO.exists():
        time.sleep(1)
    note("out")
    return "done"


class Flask(flask.Flask):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_url_rule("/slow/<float:seconds>", "slow", slow)


flask.Flask = Flask  # type: ignore[misc]  # the app that imports Flask after this gets it
