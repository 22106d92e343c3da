"""A reader's machine: an empty folder, a shell, and the commands of a page."""

import os
import shutil
import signal
import sys
from pathlib import Path
from shlex import quote
from subprocess import CalledProcessError

from handbook.fake_heroku.process import DEFAULT_TIMEOUT, Process, eventually
from handbook.paths import ROOT, SNIPPETS
from handbook.programs import run_program
from handbook.sphinxext import commands

GIT_IDENTITY = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "A reader",
    "GIT_AUTHOR_EMAIL": "you@example.com",
    "GIT_COMMITTER_NAME": "A reader",
    "GIT_COMMITTER_EMAIL": "you@example.com",
}
# By default the CLI looks for a newer version, updates itself in a process that outlives it, and reports its use.
CLI_SETTINGS = {
    "HEROKU_DISABLE_AUTOUPDATE": "1",
    "HEROKU_SKIP_NEW_VERSION_CHECK": "1",
    "DISABLE_TELEMETRY": "true",
}

# The settings of this network's proxy, package index and certificates, which a reader would have too.
NETWORK_SETTINGS = {
    name: value
    for name, value in os.environ.items()
    if name.upper().endswith(("_PROXY", "_CERT", "_CA_CERTS", "_CA_BUNDLE", "_INDEX_URL", "_FIND_LINKS"))
    or name.startswith(("SSL_CERT_", "GIT_SSL_", "UV_INDEX", "PIP_CONFIG_FILE"))
}
# Programs print English and write times as on the pages, whatever the locale of this machine is.
LOCALE = {"LC_ALL": "C.UTF-8"}
LONG_TIMEOUT_FACTOR = 5  # timeout of a command that installs or pushes, in multiples of DEFAULT_TIMEOUT

BROWSER = '#!/bin/sh\necho "$1" >> "$HOME/opened"\n'


class Laptop:
    """Runs the commands of the pages in a folder. Made by the fixture `laptop`."""

    def __init__(self, folder: Path):
        self.folder = folder / "work"
        self.folder.mkdir()
        self.log_file = folder / "laptop.txt"
        self.env = {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ}
        self.env |= NETWORK_SETTINGS | LOCALE
        self.env |= {"HOME": str(folder), "PYTHONUNBUFFERED": "1", "BROWSER": f"{folder}/browser"}
        self.env |= {"PATH": f"{ROOT}/node_modules/.bin:{self.env['PATH']}"} | GIT_IDENTITY | CLI_SETTINGS
        (folder / "browser").write_text(BROWSER)
        (folder / "browser").chmod(0o755)
        (folder / ".curlrc").write_text("silent\nshow-error\n")  # as on a terminal: no progress meter
        self.terminals: list[Process] = []

    def run_snippet(self, name: str) -> str:
        """Run a snippet to its end and return what it printed.

        Raises CalledProcessError where a line fails, TimeoutError where it does not end.
        """
        with Process(
            ["bash", "-ec", read_script(name)], self.folder, self.env, self.log_file.with_name("run.txt")
        ) as shell:
            if status := shell.wait(LONG_TIMEOUT_FACTOR * DEFAULT_TIMEOUT):
                raise CalledProcessError(status, name, shell.log)
            return shell.log

    def start_snippet(self, name: str, old: str = "", new: str = "") -> Process:
        """Return the process of a snippet whose last line runs until stopped; old, such as a port, becomes new."""
        text = read_script(name)
        assert old in text, f"{name} does not say {old}"
        return Process(["bash", "-ec", text.replace(old, new) if old else text], self.folder, self.env, self.log_file)

    def run(self, text: str) -> int | None:
        """Run commands in a new terminal; the next call continues with their final folder and exported variables.

        Return 0, or the exit status of the first that fails; None if one keeps running: a server that listens, or a log
        that is followed. Only commands that begin with curl leave earlier servers running. Raises TimeoutError where
        the commands neither end nor listen.
        """
        if not text.startswith("curl "):
            self.interrupt()
        home = Path(self.env["HOME"])
        script = (
            f"set -e; touch ~/exports; . ~/exports\ntrap 'pwd > ~/pwd' EXIT; trap 'export -p > ~/exports' DEBUG\n{text}"
        )
        log_file = home / f"terminal-{len(self.terminals)}.txt"
        terminal = Process(["bash", "-c", script], self.folder, self.env, log_file).__enter__()
        self.terminals.append(terminal)
        follows_log, ends_by_itself = "--tail" in text, text.startswith("make try")  # it listens for a while, and ends
        if not eventually(
            lambda: terminal.popen.poll() is not None or follows_log or (not ends_by_itself and terminal.addresses()),
            LONG_TIMEOUT_FACTOR * DEFAULT_TIMEOUT,
        ):
            raise TimeoutError(
                f"Nothing listens, and no end after {LONG_TIMEOUT_FACTOR * DEFAULT_TIMEOUT} s:\n{text}\n{terminal.log}"
            )
        if terminal.popen.poll() is None:
            return None
        self.folder = Path((home / "pwd").read_text().strip())
        return terminal.popen.returncode

    def make_program_folder(self) -> Path:
        """Return a folder for programs, which comes first in PATH; create it at the first call."""
        programs = Path(self.env["HOME"]) / "bin"
        if not programs.is_dir():
            programs.mkdir()
            self.env["PATH"] = f"{programs}:{self.env['PATH']}"
        return programs

    def add_uv(self) -> None:
        """Put uv on the PATH; its Python and its cache are those of the tests."""
        (self.make_program_folder() / "uv").symlink_to(Path(sys.executable).with_name("uv"))
        self.env["UV_PYTHON"] = sys.executable
        self.env["UV_CACHE_DIR"] = os.environ.get("UV_CACHE_DIR", os.path.expanduser("~/.cache/uv"))

    def add_make(self) -> None:
        """Put a make on the PATH that runs in the folder of this site; ../my-app, ../broken-app are folders of HOME."""
        home, make = Path(self.env["HOME"]), self.make_program_folder() / "make"
        script = f'exec {shutil.which("make")} --no-print-directory -C {quote(str(ROOT))} "${{@/=..\\//=$HOME/}}"\n'
        make.write_text(f"#!/usr/bin/env bash\n{script}")
        make.chmod(0o755)
        (home / "my-app").symlink_to(self.folder)
        (home / "my-app.env").write_text("SECRET_KEY=for-the-tests\n")

    def interrupt(self) -> None:
        """Press Ctrl+C in each terminal with a server. Kill a server that does not end, as closing the window does."""
        for terminal in self.terminals:
            if terminal.addresses():
                terminal.send_signal(signal.SIGINT)
                if not terminal.gone_within(30):
                    terminal.kill()

    def wait_for_line(self, line: str) -> bool:
        """Wait until any terminal shows the line; return False if none does within DEFAULT_TIMEOUT."""
        return eventually(lambda: any(line in terminal.log for terminal in self.terminals))

    def opened_url(self) -> str:
        """Return the URL that the browser was told to open, and forget it; "" for none within DEFAULT_TIMEOUT."""
        file = Path(self.env["HOME"]) / "opened"
        address = file.read_text().strip() if eventually(lambda: file.is_file() and file.read_text().strip()) else ""
        file.unlink(missing_ok=True)
        return address

    def close(self) -> None:
        for terminal in self.terminals:
            terminal.__exit__()

    def git(self, *arguments: str) -> str:
        command = ["git", *arguments]
        result = run_program(command, cwd=self.folder, env=self.env, text=True, capture_output=True, check=True)
        return result.stdout

    def create_github_repository(self) -> Path:
        """Create an empty GitHub repository to which the reader may push; return its folder on this machine."""
        github = Path(self.env["HOME"]) / "github"
        repository = github / "YOU/REPOSITORY.git"
        self.git("init", "--quiet", "--bare", "--initial-branch=main", str(repository))
        self.git("config", "--global", f"url.{github}/.insteadOf", "https://github.com/")
        return repository

    def add_remote(self) -> None:
        """Add the remote that `heroku create` adds: here a bare repository that accepts every push."""
        remote = f"{self.log_file.parent}/heroku.git"
        self.git("init", "--quiet", "--bare", remote)
        self.git("remote", "add", "heroku", remote)

    def list_pushed_files(self) -> list[str]:
        """Return the names of the files that the remote holds."""
        self.git("fetch", "--quiet", "heroku")
        return self.git("ls-tree", "-r", "--name-only", "heroku/main").split()


def read_script(name: str) -> str:
    """Return the commands of a snippet, without the output in a transcript."""
    return "".join(f"{line}\n" for _number, line in commands.read_commands(SNIPPETS / name))
