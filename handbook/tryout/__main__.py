"""Builds and starts the Flask app of a folder as Heroku would, and says what a push would meet.

Exit status: 0, all is well; 1, there are findings; 2, the folder could not be used; 130, Ctrl+C. `make try` shows the
same words, but make itself ends with 2 for each status but 0: a program should run this command.
"""

import argparse
import json
import os
import shlex
import signal
import sys
from collections.abc import Callable
from functools import partial
from io import TextIOWrapper
from pathlib import Path

from handbook.data_files import DataError
from handbook.tryout import UNUSABLE

INTERRUPTED = 130  # as in a shell: 128 plus the number of SIGINT


def main() -> int:
    options = parse_arguments()
    # Block the signals until scratch_folder() can clean up: one that interrupts an import may be lost.
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    for stream in (sys.stdout, sys.stderr):  # a terminal may lack a character, and the name of a file need not be text
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    say = partial(print, file=sys.stderr if options.format == "json" else sys.stdout, flush=True)
    try:
        return run_trial(options, say)
    except DataError as error:  # of this site itself, not of the reader's app
        say(str(error))
        return UNUSABLE
    except SystemExit:  # at a signal: see scratch_folder()
        say("Stopped. Nothing of it is left.")
        return INTERRUPTED


def run_trial(options: argparse.Namespace, say: Callable[[str], None]) -> int:
    """Try the app, print the report, return the exit status; say is called with progress."""
    # These imports take a moment, so they come after main() has blocked Ctrl+C.
    from handbook.cleanup import scratch_folder
    from handbook.tryout import screen
    from handbook.tryout.trial import try_app

    # The requests stay on this machine, so they must not go through a proxy.
    os.environ["NO_PROXY"] = f"{os.environ.get('NO_PROXY', '')},127.0.0.1,localhost".lstrip(",")
    config = Path(os.path.expanduser(options.config)) if options.config else None
    with scratch_folder() as scratch:
        report = try_app(Path(os.path.expanduser(options.app)), scratch, say, config)
    if options.format == "json":
        print(json.dumps(report.as_data(), ensure_ascii=False, indent=2))
    else:
        screen.print_report(report, f"make try APP={shlex.quote(options.app)}", options.config)
    return report.status


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m handbook.tryout",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("app", metavar="APP", nargs="?", help="the folder of the app, such as ../my-app")
    parser.add_argument("--config", metavar="FILE", default="", help="config vars, in lines NAME=value as of .env")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="json, for a program")
    options = parser.parse_args()
    if not options.app:
        parser.exit(2, "Which app? Write its folder: make try APP=../my-app\n")
    return options


if __name__ == "__main__":
    sys.exit(main())
