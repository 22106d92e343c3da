"""A plugin of pytest's that writes down how long each test takes and which snippets it opens. See tests/mutate.py.

The file is named by the variable OPENED: {"tests/test_ports.py::test_…": [seconds, ["ports/app.py", …]]}.
"""

import json
import os
import sys
import time
from pathlib import Path

import pytest

from tests import SNIPPETS

tests: dict[str, tuple[float, list[str]]] = {}
opened: set[str] = set()


def note(event: str, arguments: tuple) -> None:
    if event == "open" and isinstance(arguments[0], str | os.PathLike):
        path = os.fspath(arguments[0])
        if path.startswith(f"{SNIPPETS}/"):
            opened.add(path.removeprefix(f"{SNIPPETS}/"))


def pytest_configure() -> None:
    sys.addaudithook(note)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    opened.clear()
    start = time.monotonic()
    result = yield
    tests[item.nodeid] = (time.monotonic() - start, sorted(opened))
    return result


def pytest_sessionfinish() -> None:
    Path(os.environ["OPENED"]).write_text(json.dumps(tests), "utf-8")
