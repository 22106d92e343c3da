"""Tests and `make try` copy this into an app as sitecustomize.py: each Flask app then has the URL /slow/<seconds>.

Where Flask is not installed, each FastAPI app has it.

The response comes after that many seconds, or one second after the file `finish-requests` appears. Each request adds a
line to the file `request-events` when it begins, and another when it ends.
"""

import os
import time
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

EVENTS_FILE, FINISH_FILE = Path(__file__).with_name("request-events"), Path(__file__).with_name("finish-requests")


def record_event(what: str) -> None:
    file = os.open(EVENTS_FILE, os.O_WRONLY | os.O_CREAT | os.O_APPEND)  # several processes append whole lines
    os.write(file, f"{what}\n".encode())
    os.close(file)


def slow_view(seconds: float) -> str:
    record_event("in")
    end = time.monotonic() + seconds
    while time.monotonic() < end and not FINISH_FILE.exists():
        time.sleep(0.02)
    if FINISH_FILE.exists():
        time.sleep(1)
    record_event("out")
    return "done"


def add_to_flask() -> None:
    import flask

    class Flask(flask.Flask):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.add_url_rule("/slow/<float:seconds>", "slow", slow_view)

    flask.Flask = Flask  # type: ignore[misc]  # sitecustomize runs before the app imports Flask


def add_to_fastapi() -> None:
    fastapi, responses = import_module("fastapi"), import_module("fastapi.responses")
    make_app = fastapi.FastAPI.__init__

    def make_app_with_url(self: Any, *args: Any, **kwargs: Any) -> None:
        make_app(self, *args, **kwargs)
        self.add_api_route("/slow/{seconds}", slow_view, response_class=responses.PlainTextResponse)

    fastapi.FastAPI.__init__ = make_app_with_url


if find_spec("flask"):
    add_to_flask()
else:
    add_to_fastapi()
