"""Runs a program to its end: the only way to do so, in which none waits for input, and none runs for ever."""

import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

PROGRAM_SECONDS = 600  # for a small program on a slow and busy machine
LONG_SECONDS = 3600  # for what installs, builds or tests


def run_program(
    command: Sequence[str | Path],
    *,
    timeout: float = PROGRAM_SECONDS,
    input: Any = None,
    check: bool = False,
    capture_output: bool = False,
    **options: Any,
) -> subprocess.CompletedProcess[Any]:
    """Run a program as subprocess.run() does, but without input, unless `input` or `stdin` is given.

    timeout: seconds. Raises TimeoutError, which names the program, where it has not ended by then; what it has started
    is then killed with it.
    """
    pipes = {"stdin": subprocess.DEVNULL if input is None else subprocess.PIPE}
    if capture_output:
        pipes |= {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, **(pipes | options)) as program:
        try:
            printed = program.communicate(input, timeout)
        except subprocess.TimeoutExpired:
            words = " ".join(map(str, command))
            raise TimeoutError(f"{words}: this has not ended after {timeout} seconds.") from None
        finally:  # at Ctrl+C too
            if program.poll() is None:
                kill_tree(program.pid)
    result = subprocess.CompletedProcess(command, program.returncode, *printed)
    if check:
        result.check_returncode()
    return result


def read_git(root: Path, *arguments: str) -> str:
    """Return what Git prints about a folder; "" where it fails, as outside a checkout, or is not installed."""
    try:
        ran = run_program(
            ["git", *arguments], cwd=root, capture_output=True, encoding="utf-8", errors="surrogateescape"
        )
    except FileNotFoundError:
        return ""
    return "" if ran.returncode else ran.stdout


def kill_tree(pid: int) -> None:
    """Kill a process and its descendants, which subprocess.run() would leave running."""
    with suppress(psutil.NoSuchProcess):
        top = psutil.Process(pid)
        for process in (*top.children(recursive=True), top):
            with suppress(psutil.Error):
                process.kill()
