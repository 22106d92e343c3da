"""A reader's machine: an empty folder, a shell, and the commands of a page."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from shlex import quote

from handbook.fake_heroku.process import PATIENCE, Process, eventually
from handbook.paths import ROOT, SNIPPETS
from handbook.sphinxext import commands

GIT_IDENTITY = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "A reader",
    "GIT_AUTHOR_EMAIL": "you@example.com",
    "GIT_COMMITTER_NAME": "A reader",
    "GIT_COMMITTER_EMAIL": "you@example.com",
}
# By itself the CLI looks for a newer version, updates itself in a process that outlives it, and reports its use.
CLI_SETTINGS = {
    "HEROKU_DISABLE_AUTOUPDATE": "1",
    "HEROKU_SKIP_NEW_VERSION_CHECK": "1",
    "DISABLE_TELEMETRY": "true",
}

# Where the network has a proxy, an index of packages or certificates of its own, readers have these too.
NETWORK_SETTINGS = {
    name: value
    for name, value in os.environ.items()
    if name.upper().endswith(("_PROXY", "_CERT", "_CA_CERTS", "_CA_BUNDLE", "_INDEX_URL", "_FIND_LINKS"))
    or name.startswith(("SSL_CERT_", "GIT_SSL_", "UV_INDEX", "PIP_CONFIG_FILE"))
}
# Programs speak English and count time as in these pages, whatever this machine speaks.
LOCALE = {"LC_ALL": "C.UTF-8"}
LONG_FACTOR = 5  # times PATIENCE: for a command that installs or pushes

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
        (folder / ".curlrc").write_text("silent\nshow-error\n")  # as where it prints on a screen
        self.terminals: list[Process] = []

    def run_snippet(self, name: str) -> str:
        """Run a snippet to its end and return what it printed.

        Raises CalledProcessError where a line fails, TimeoutError where it does not end.
        """
        with Process(
            ["bash", "-ec", read_script(name)], self.folder, self.env, self.log_file.with_name("run.txt")
        ) as shell:
            if status := shell.wait(LONG_FACTOR * PATIENCE):
                raise subprocess.CalledProcessError(status, name, shell.log)
            return shell.log

    def start_snippet(self, name: str, old: str = "", new: str = "") -> Process:
        """Return a snippet whose last line goes on until it is stopped; old, such as a fixed port, becomes new."""
        text = read_script(name)
        assert old in text, f"{name} does not say {old}"
        return Process(["bash", "-ec", text.replace(old, new) if old else text], self.folder, self.env, self.log_file)

    def run(self, text: str) -> int | None:
        """Type commands into a terminal; the folder and the exported variables they end with are the next one's.

        Returns 0, or the exit status of the first that fails; None if it goes on, and is left running: a server that
        listens, or a log that is followed. What visits a server is typed in a second terminal. Raises TimeoutError
        where it does neither.
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
        follows, ends = "--tail" in text, text.startswith("make try")  # that one has a server for a while
        if not eventually(
            lambda: terminal.popen.poll() is not None or follows or (not ends and terminal.addresses()),
            LONG_FACTOR * PATIENCE,
        ):
            raise TimeoutError(f"Nothing listens, and no end after {LONG_FACTOR * PATIENCE} s:\n{text}\n{terminal.log}")
        if terminal.popen.poll() is None:
            return None
        self.folder = Path((home / "pwd").read_text().strip())
        return terminal.popen.returncode

    def make_program_folder(self) -> Path:
        """Return a folder of programs that comes first in PATH."""
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
        """Put make on the PATH as in the folder of this site, beside which the apps lie: ../my-app, ../broken-app."""
        home, make = Path(self.env["HOME"]), self.make_program_folder() / "make"
        script = f'exec {shutil.which("make")} --no-print-directory -C {quote(str(ROOT))} "${{@/=..\\//=$HOME/}}"\n'
        make.write_text(f"#!/usr/bin/env bash\n{script}")
        make.chmod(0o755)
        (home / "my-app").symlink_to(self.folder)
        (home / "my-app.env").write_text("SECRET_KEY=for-the-tests\n")

    def interrupt(self) -> None:
        """Press Ctrl+C in the terminals of servers. One that does not end is killed, as a reader closes the window."""
        for terminal in self.terminals:
            if terminal.addresses():
                terminal.signal(signal.SIGINT)
                if not terminal.gone_within(30):
                    terminal.kill()

    def wait_for_line(self, line: str) -> bool:
        """Wait until some terminal shows the line; False if none does within PATIENCE."""
        return eventually(lambda: any(line in terminal.log for terminal in self.terminals))

    def opened_url(self) -> str:
        """Return the address that the browser is asked to show, each once; "" if there is none within PATIENCE."""
        file = Path(self.env["HOME"]) / "opened"
        address = file.read_text().strip() if eventually(lambda: file.is_file() and file.read_text().strip()) else ""
        file.unlink(missing_ok=True)
        return address

    def close(self) -> None:
        for terminal in self.terminals:
            terminal.__exit__()

    def git(self, *arguments: str) -> str:
        command = ["git", *arguments]
        result = subprocess.run(
            command, cwd=self.folder, env=self.env, text=True, capture_output=True, check=True, timeout=PATIENCE
        )
        return result.stdout

    def create_github_repository(self) -> Path:
        """Give the reader an empty repository there, as if logged in; return its folder on this machine."""
        github = Path(self.env["HOME"]) / "github"
        repository = github / "YOU/REPOSITORY.git"
        self.git("init", "--quiet", "--bare", "--initial-branch=main", str(repository))
        self.git("config", "--global", f"url.{github}/.insteadOf", "https://github.com/")
        return repository

    def add_remote(self) -> None:
        """Give the repository the remote that `heroku create` adds, here a folder that takes everything."""
        remote = f"{self.log_file.parent}/heroku.git"
        self.git("init", "--quiet", "--bare", remote)
        self.git("remote", "add", "heroku", remote)

    def list_pushed_files(self) -> list[str]:
        """Return the names of the files that the remote holds."""
        self.git("fetch", "--quiet", "heroku")
        return self.git("ls-tree", "-r", "--name-only", "heroku/main").split()


def read_script(name: str) -> str:
    """Return the commands of a snippet, without what a transcript shows."""
    return "".join(f"{line}\n" for _number, line in commands.read_commands(SNIPPETS / name))
