"""A reader's machine: an empty folder, a shell, and the commands of a page."""

import os
import subprocess
from pathlib import Path

from tests import SNIPPETS
from tests.platform.process import Process

A_READER = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_AUTHOR_NAME": "A reader",
    "GIT_AUTHOR_EMAIL": "you@example.com",
    "GIT_COMMITTER_NAME": "A reader",
    "GIT_COMMITTER_EMAIL": "you@example.com",
}


class Laptop:
    """Runs the .bash files of the pages in a folder. Made by the fixture `laptop`."""

    def __init__(self, folder: Path):
        self.folder = folder / "work"
        self.folder.mkdir()
        self.log_file = folder / "laptop.txt"
        variables = ("PATH", "LANG", "TMPDIR")
        self.env = {name: os.environ[name] for name in variables if name in os.environ}
        self.env |= {"HOME": str(folder), "PYTHONUNBUFFERED": "1"} | A_READER

    def run(self, name: str) -> str:
        """Run a snippet to its end and return what it printed. Raises CalledProcessError where a line fails."""
        command = ["bash", "-e", SNIPPETS / name]
        result = subprocess.run(command, cwd=self.folder, env=self.env, text=True, capture_output=True, check=True)
        return result.stdout + result.stderr

    def start(self, name: str, old: str = "", new: str = "") -> Process:
        """Return a snippet whose last line goes on until it is stopped; old, such as a fixed port, becomes new."""
        text = (SNIPPETS / name).read_text("utf-8")
        assert old in text, f"{name} does not say {old}"
        return Process(["bash", "-ec", text.replace(old, new) if old else text], self.folder, self.env, self.log_file)

    def git(self, *arguments: str) -> str:
        command = ["git", *arguments]
        return subprocess.run(command, cwd=self.folder, env=self.env, text=True, capture_output=True, check=True).stdout

    def add_remote(self) -> None:
        """Give the repository the remote that `heroku create` adds, here a folder that takes everything."""
        remote = f"{self.log_file.parent}/heroku.git"
        self.git("init", "--quiet", "--bare", remote)
        self.git("remote", "add", "heroku", remote)

    def pushed(self) -> list[str]:
        """Return the names of the files that the remote holds."""
        self.git("fetch", "--quiet", "heroku")
        return self.git("ls-tree", "-r", "--name-only", "heroku/main").split()
