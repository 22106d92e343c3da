"""A pytest plugin that records how long each test takes, and which snippets it opens. See mutate.py.

The variable OPENED names the file to write: {"tests/pages/test_ports.py::test_…": [seconds, ["ports/app.py", …]]}.
"""

import json
import os
import sys
import time
from collections.abc import Generator
from pathlib import Path

import pytest

from handbook.paths import SNIPPETS

tests: dict[str, tuple[float, list[str]]] = {}
opened: set[str] = set()


def record_opened(event: str, arguments: tuple) -> None:
    """Record the snippets that this process opens, or passes as arguments to a child process."""
    paths = {"open": arguments[:1], "subprocess.Popen": arguments[1:2]}.get(event, ())
    for path in paths[0] if paths and isinstance(paths[0], list) else paths:
        if isinstance(path, str | os.PathLike) and os.fspath(path).startswith(f"{SNIPPETS}/"):
            opened.add(os.fspath(path).removeprefix(f"{SNIPPETS}/"))


def pytest_configure() -> None:
    sys.addaudithook(record_opened)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    opened.clear()
    start = time.monotonic()
    result = yield
    tests[item.nodeid] = (time.monotonic() - start, sorted(opened))
    return result


def pytest_sessionfinish() -> None:
    Path(os.environ["OPENED"]).write_text(json.dumps(tests), "utf-8")
