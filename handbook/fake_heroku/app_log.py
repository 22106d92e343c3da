"""What `heroku logs` shows: the lines of each dyno that was started, then those of the router.

Source: Dev Center, logging, and Platform API reference, "Log Session".
"""

import re
import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path


def read_logs(
    folder: Path, writing: Iterable[Path], router: Iterable[str], source: str = "", dyno: str = ""
) -> list[list[str]]:
    """Return the complete lines of each log file <process>-<number>.log, a list each; the last list is the router's.

    From call to call a list only grows. writing: the files that still grow. source, dyno: such as "app" and "web", or
    "" for all.
    """
    any_source, any_dyno = r"\w+", r"[\w-]+"
    wanted = re.compile(rf"{re.escape(source) or any_source}\[{re.escape(dyno) or any_dyno}(\.\d+)?\]: ")
    found, unfinished = [], set(writing)
    for file in sorted(folder.glob("*-*.log"), key=lambda file: int(file.stem.rpartition("-")[2])):
        process = file.stem.rpartition("-")[0]
        lines = file.read_text("utf-8", errors="replace").split("\n")
        if not lines[-1] or file in unfinished:  # drop the rest after the last line feed, which may grow
            lines.pop()
        names = ("heroku" if line.startswith("Error R") else "app" for line in lines)
        found.append([f"{name}[{process}.1]: {line}" for name, line in zip(names, lines, strict=True)])
    return [list(filter(wanted.match, lines)) for lines in [*found, list(router)]]


def stream(logs: Callable[[], list[list[str]]], lines: int, stop: threading.Event | None = None) -> Iterator[str]:
    """Yield the last lines as the events of a log session; with stop, also each new line until that event is set."""
    everything = logs()
    skip = max(sum(map(len, everything)) - lines, 0)
    sent = [0] * len(everything)
    for number, of_one in enumerate(everything):  # the lines before the last ones count as sent
        sent[number] = min(skip, len(of_one))
        skip -= sent[number]
    yield from list_new_events(everything, sent)
    while stop and not stop.wait(0.1):
        yield from list_new_events(logs(), sent)


def list_new_events(everything: list[list[str]], sent: list[int]) -> Iterator[str]:
    """Yield the lines that were not sent, and update sent. The list of a new dyno comes before the router's."""
    sent[-1:-1] = [0] * (len(everything) - len(sent))
    for number, lines in enumerate(everything):
        for line in lines[sent[number] :]:
            yield f"data: {add_timestamp(line)}\n\n"
        sent[number] = len(lines)


def add_timestamp(line: str) -> str:
    return f"{datetime.now(UTC).isoformat()} {line}"
