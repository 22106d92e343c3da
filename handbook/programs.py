"""Runs a program to its end: the only way to do so, in which none waits for input, and none runs for ever."""

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

PROGRAM_SECONDS = 600  # for a small program on a slow and busy machine
LONG_SECONDS = 3600  # for what installs, builds or tests


def run_program(
    command: Sequence[str | Path], *, timeout: float = PROGRAM_SECONDS, **options: Any
) -> subprocess.CompletedProcess[Any]:
    """Run a program as subprocess.run() does, but without input, unless `input` or `stdin` is given.

    timeout: seconds. Raises TimeoutError, which names the program, where it has not ended by then.
    """
    if "input" not in options:
        options.setdefault("stdin", subprocess.DEVNULL)
    try:
        return subprocess.run(command, timeout=timeout, **options)
    except subprocess.TimeoutExpired:
        words = " ".join(map(str, command))
        raise TimeoutError(f"{words}: this has not ended after {timeout} seconds.") from None
