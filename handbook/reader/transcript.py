"""Transcripts: commands after "$ ", and below each what the terminal showed, without what differs from run to run.

`make record` writes them, the tests compare them.
"""

import re
from collections.abc import Callable, Iterable

from handbook.sphinxext.commands import PROMPT

PUBLIC_URL = "https://hello-heroku-0123456789ab.herokuapp.com/"
# (what differs from run to run, its replacement)
RULES: list[tuple[str, str | Callable[[re.Match[str]], str]]] = [
    (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4}", "2026-01-31 12:00:00 +0000"),
    (r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d [+-]\d{4}( \(~ [^)]+ ago\))?", "2026/01/31 12:00:00 +0000"),
    (r"\b\d?\d:\d\d:\d\d [AP]M\b", "12:00:00 PM"),
    (r"\bin \d+\.\d+s\b", "in 0.05s"),
    (r"\b[0-9a-f]{64}\b", "0123456789abcdef" * 4),
    (r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "01234567-89ab"),
    (r"Running .*?\.\.\. (starting|connecting), run\.\d+\n?", ""),
    # What `make try` prints about this machine.
    (r"(?<=and this machine runs )\d\.\d+", "3.13"),
    (r"(?<=[a-z], in )\d+\.\d s\b", "0.5 s"),
    (r"(?<=stopped in )\d+\.\d s\b", "0.5 s"),
    (r"(?<=memory )\d+ MB", "40 MB"),
    (r"(?<=at http://127\.0\.0\.1:)\d+", "20001"),
    (r"(?<=the commit )[0-9a-f]{7}", "0123456"),
    (r"(?<=\[Makefile:)\d+(?=: try\])", "1"),
    (r".*Control socket listening at .*\n", ""),  # printed before or after the workers, at random
    (r"(v\d+ +Deploy) [0-9a-f]{8}\b", r"\1 01234567"),
    # The line under a table's head is as long as its longest row, which may end in "(~ 10s ago)".
    (r"(.+)\n ─+", lambda head: f"{head[1]}\n " + "─" * (len(head[1].rstrip()) - 1)),
]
PROCESS_ID = re.compile(r"(?<=\] \[)\d+(?=\])|(?<=with pid: )\d+|(?<=at: http://0\.0\.0\.0:5006 \()\d+")


def parse_transcript(text: str) -> list[tuple[str, str]]:
    """Return (command, what the terminal shows) for each line that begins with "$ "."""
    found = []
    for line in text.splitlines():
        if line.startswith(PROMPT):
            found.append((line.removeprefix(PROMPT), ""))
        else:
            command, shown = found[-1]
            found[-1] = (command, f"{shown}{line}\n")
    return found


def format_transcript(found: Iterable[tuple[str, str]]) -> str:
    return "".join(f"{PROMPT}{command}\n{shown}" for command, shown in found)


def replace_literally(text: str, old: str, new: str, before: str = "", after: str = "") -> str:
    """Return text with new in place of old, between the patterns `before` and `after`, which match no characters."""
    return re.sub(f"{before}{re.escape(old)}{after}", lambda _match: new, text, flags=re.MULTILINE)


def normalize(text: str, replacements: dict[str, str]) -> str:
    """Return the output of a terminal in the form in which it is recorded.

    replacements: {text that is specific to this machine: its replacement}. Process ids are renumbered from 1.
    """
    for what, standing in replacements.items():
        edge = r"\b" if what.isdigit() else ""  # a port must not match a part of a longer number
        text = replace_literally(text, what, standing, edge, edge)
    for pattern, replacement in RULES:
        text = re.sub(pattern, replacement, text)
    ids: dict[str, str] = {}
    text = PROCESS_ID.sub(lambda match: ids.setdefault(match[0], str(len(ids) + 1)), text)
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines() if line.strip())
