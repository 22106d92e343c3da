"""`make practice`: Heroku's commands without an account, in an empty folder.

The shell runs with the imitation of Heroku beside it. When it ends, in whatever way, all its processes are ended too,
by their ids, and the reader's folder is kept or deleted, as they say.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

import psutil

from handbook.cleanup import GENTLY, end_processes, exit_on_signals, ignore_signals, list_children
from handbook.fake_heroku.account import Account
from handbook.fake_heroku.addons import Services
from handbook.practice.shell import CLI, HOME_VARIABLE, explain_unknown_call, provision_addon, write_home

WELCOME = """\
Practice: here `heroku` and `git push heroku` talk to an imitation of Heroku on this machine. No account, no bill.
It is not Heroku: not its images, not its Python. What works here may fail there; docs/about/tested.md says why.
Your code runs as you, and may do on this machine whatever you may do: run only code that you trust.

Your folder:       {folder}
Another terminal:  bash {script}
To leave:          exit
"""
PROGRAMS = ("bash", "git", "openssl")


def main(arguments: list[str]) -> int:
    """Return the exit status: 0 on a terminal; without one, that of the shell."""
    options = parse_arguments(arguments)
    if problem := find_missing_requirement():
        raise SystemExit(f"make practice: {problem}")
    exit_on_signals()
    folder = Path(mkdtemp(prefix="practice-", dir=options.under)).resolve()
    status, keep = 0, options.at_end != "delete"
    try:
        status = run_shell(folder)
        keep = keep and (options.at_end == "keep" or ask_to_keep(folder))
    finally:
        became = close_folder(folder, keep)
        with suppress(OSError):  # the terminal may be gone
            print(f"Nothing of the practice runs any more. Your folder {became}", flush=True)
    return 0 if sys.stdin.isatty() else status


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make practice", description=__doc__)
    parser.add_argument("--under", help="make the folder there, not where temporary files lie")
    parser.add_argument("--at-end", choices=("keep", "delete"), help="what becomes of the folder, without a question")
    options = parser.parse_args(arguments)
    if options.under and not (os.path.isdir(options.under) and os.access(options.under, os.W_OK | os.X_OK)):
        parser.error(f"UNDER={options.under}: there is no such folder, or you may not write into it")
    return options


def find_missing_requirement() -> str:
    """Return what this machine lacks, "" for nothing."""
    if not sys.platform.startswith("linux"):
        return "it needs Linux, or WSL on Windows."
    if not CLI.is_file():
        return "the Heroku CLI is not installed: `make cli` installs it."
    lacking = [program for program in PROGRAMS if not shutil.which(program)]
    return f"{' and '.join(lacking)} must be installed first." if lacking else ""


def run_shell(folder: Path) -> int:
    """Run a shell in the folder until it ends, then end all that it started; return the exit status of the shell."""
    with ExitStack() as ends:
        place = TemporaryDirectory(prefix="practice-home-", ignore_cleanup_errors=True)
        home = Path(ends.enter_context(place)).resolve()
        ends.callback(end_processes, list_children, GENTLY)
        services = ends.enter_context(Services())
        (home / "heroku").mkdir()
        account = ends.enter_context(Account(home / "heroku", partial(provision_addon, services)))
        account.explain = explain_unknown_call
        script = write_home(home, folder, account)
        print(WELCOME.format(folder=folder, script=script), flush=True)
        ends.callback(end_processes, partial(list_practice_processes, home), GENTLY)
        ends.callback(ignore_signals)
        return subprocess.Popen(["bash", script]).wait()


def list_practice_processes(home: Path) -> list[psutil.Process]:
    """Return each process that was started in a shell of this practice, in whatever terminal."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.environ().get(HOME_VARIABLE) == str(home):
                found.append(process)
    return found


def close_folder(folder: Path, keep: bool) -> str:
    """Delete the folder, or keep it where it has files; return what became of it, in words."""
    if not folder.is_dir():
        return "is not where it was."  # somebody has moved it
    was_empty = not is_nonempty(folder)
    if keep and not was_empty:
        return f"is kept: {folder}"
    shutil.rmtree(folder)
    return "was empty, and is deleted." if was_empty else "is deleted."


def is_nonempty(folder: Path) -> bool:
    return folder.is_dir() and any(folder.iterdir())


def ask_to_keep(folder: Path) -> bool:
    """Ask whether to keep the folder; without an answer, return True."""
    if not is_nonempty(folder) or not sys.stdin.isatty() or os.tcgetpgrp(0) != os.getpgrp():
        return True
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return not input(f"Keep your folder {folder}? [Y/n] ").strip().lower().startswith("n")
    except (EOFError, KeyboardInterrupt):
        return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
