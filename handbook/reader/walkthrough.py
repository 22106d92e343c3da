"""A simulated reader, who does what a page says: writes files, types commands, compares what the terminal shows."""

import os
import re
import sys
import textwrap
from collections.abc import Collection, Iterator
from difflib import unified_diff
from itertools import pairwise
from shlex import quote
from zlib import crc32

import requests

from handbook.fake_heroku.account import DEFAULT_NAME, Account
from handbook.fake_heroku.packages import run_uv
from handbook.fake_heroku.ports import free_port
from handbook.fake_heroku.process import DEFAULT_TIMEOUT, Process, eventually
from handbook.paths import ROOT, SNIPPETS
from handbook.reader import transcript
from handbook.reader.laptop import Laptop
from handbook.reader.page import Block, find_blocks
from handbook.sphinxext.snippet import list_snippets

RECORD = "RECORD" in os.environ
PRACTICE = "practice"  # the guide whose commands need a terminal of its own: tests/pages/test_practice.py
# {command on the page: what the reader types instead, where a person would choose a value or answer a prompt}
REPLACED_COMMANDS = {
    "heroku login": ":",
    "cloudamqp:PLAN": "cloudamqp:a-plan",
    "jawsdb:PLAN": "jawsdb:a-plan",
    "heroku run bash": "echo exit | heroku run bash",
    "heroku run flask shell": "echo 'exit()' | heroku run flask shell",
    "heroku apps:destroy": f"heroku apps:destroy --confirm {DEFAULT_NAME}",
    "heroku addons:destroy heroku-postgresql": f"heroku addons:destroy heroku-postgresql --confirm {DEFAULT_NAME}",
}
# Heroku's schema of app.json: its URL, and the file that replaces it, in words of our own. On the internet the tests
# use only the package index, so nothing compares the two.
APP_JSON_SCHEMA_URL = "https://raw.githubusercontent.com/heroku/heroku-mcp-server/main/src/utils/app-json.schema.json"
APP_JSON_SCHEMA = ROOT / "handbook/fake_heroku/app.schema.json"
# These need what the imitation lacks, a data service, Docker or a second app, or a file that only the reader has: only
# their spelling is checked.
UNSUPPORTED_COMMANDS = (
    *("heroku pg:info", "heroku pg:psql", "heroku pg:credentials:", "heroku addons:attach"),
    *("heroku pg:pull", "heroku pg:push", "heroku pg:upgrade:", "DATABASE_URL=$(heroku config:get DATABASE_URL)"),
    *("heroku pg:backups:restore", "heroku pg:backups:schedule", "heroku maintenance:"),
    *("heroku apps:rename", "heroku apps:stacks:set", "heroku container:", "heroku pipelines:"),
)
# These are for a machine before its first deploy, or for another machine, and are not run.
OTHER_MACHINE_COMMANDS = ("sudo apt ", "brew ", "git clone ")
HEROKU_COMMANDS = ("heroku run", "heroku open", "heroku logs", "heroku ps:scale", "heroku releases", "heroku rollback")


class Reader:
    """A laptop and an account on Heroku. Made by the fixture `reader`.

    substitutions: {text on the page: what replaces it on this machine}, such as a port, which may be in use here.
    """

    def __init__(self, laptop: Laptop, heroku: Account):
        self.laptop, self.heroku = laptop, heroku
        self.substitutions = {port: str(free_port()) for port in ("5000", "5006", "8000")}
        self.substitutions[APP_JSON_SCHEMA_URL] = quote(str(APP_JSON_SCHEMA))
        laptop.env["FLASK_RUN_PORT"] = self.substitutions["5000"]
        self.opened, self.push_before_heroku_commands = "", False
        self.recorded: list[str] = []  # each transcript of the page, as the terminal shows it now

    def follow(self, language: str, page: str) -> None:
        self.push_before_heroku_commands = page.startswith("guides/")  # a tutorial has the pushes among its steps
        last = Block("", "", "", "the end of the page")
        act = {"file": self.file, "command": self.command, "message": self.message, "transcript": self.transcript}
        for block, following in pairwise([*find_steps(language, page), last]):
            act[block.kind](block, following)
        if RECORD:
            names = [name for name in list_snippets(ROOT, page) if name.endswith(".console")]
            for name, text in zip(names, self.recorded, strict=True):
                (SNIPPETS / name).write_text(text, "utf-8")

    def file(self, block: Block, _following: Block) -> None:
        """Write a file; where the block is a part, replace that part of the file."""
        path, text = self.laptop.folder / block.name, self.localize(block.text)
        path.parent.mkdir(parents=True, exist_ok=True)
        if block.part:
            text = replace_part(path.read_text("utf-8"), block.part, text)
        path.write_text(text, "utf-8")

    def command(self, block: Block, following: Block) -> None:
        if block.text.startswith(UNSUPPORTED_COMMANDS + OTHER_MACHINE_COMMANDS):
            return
        failed = self.run(block.text) and following.kind != "message"  # a message below says how it must fail
        assert not failed, f"{block.place} failed:\n{self.laptop.terminals[-1].log}"
        if block.text.startswith("heroku open"):
            address = self.laptop.opened_url()
            assert address, f"{block.place}: no address was opened:\n{self.laptop.terminals[-1].log}"
            self.opened = requests.get(address, timeout=DEFAULT_TIMEOUT).text

    def message(self, block: Block, _following: Block) -> None:
        for line in block.text.splitlines():
            line = self.localize(line.strip())
            log = self.laptop.terminals[-1].log
            assert self.laptop.wait_for_line(line), f"{block.place}: nothing says “{line}”:\n{log}"

    def transcript(self, block: Block, _following: Block) -> None:
        now = []
        for command, shown in transcript.parse_transcript(block.text):
            self.run(command)
            now.append((command, self.read_terminal(shown)))
        self.recorded.append(transcript.format_transcript(now))
        difference = unified_diff(
            block.text.splitlines(), self.recorded[-1].splitlines(), "the page", "the terminal", lineterm=""
        )
        assert RECORD or self.recorded[-1] == block.text, "\n".join(
            [f"{block.place}: the terminal shows something else. Is that right? Then: make record", *difference]
        )

    def run(self, text: str) -> int | None:
        """Type the commands of a block, and return their status. In a guide, push changes before HEROKU_COMMANDS."""
        if self.push_before_heroku_commands and text.startswith(HEROKU_COMMANDS):
            self.push()
        if ".venv/bin/" in text and "-m venv" not in text:
            self.install()
        for written, done in REPLACED_COMMANDS.items():
            text = transcript.replace_literally(text, written, done, after="$")
        status = self.laptop.run(self.localize(text))
        self.heroku.wait_for_boots()
        return status

    def local_values(self) -> dict[str, str]:
        """Return the substitutions, with the URL of the app once it exists."""
        if not self.heroku.apps:
            return self.substitutions
        url = self.heroku.app.router.url
        return self.substitutions | {transcript.PUBLIC_URL.rstrip("/"): url, "http://www.example.com": url}

    def localize(self, text: str) -> str:
        for written, here in self.local_values().items():
            text = transcript.replace_literally(text, written, here, r"\b", r"\b")
        port = self.substitutions["5006"]
        return re.sub(r"^heroku local(?!.*--port).*", rf"\g<0> --port {port}", text, flags=re.MULTILINE)

    def read_terminal(self, recorded: str) -> str:
        """Return what the last terminal shows, normalized; wait for a running one to show what was recorded."""
        terminal = self.laptop.terminals[-1]
        own = {f"{app.router.url}/": transcript.PUBLIC_URL for app in self.heroku.apps.values()}
        stands_for = own | {self.laptop.env["HOME"]: "~"}
        stands_for |= {here: written for written, here in self.local_values().items()}

        def normal() -> str:
            return transcript.normalize(terminal.log, stands_for)

        if terminal.popen.poll() is None:
            wait_until_idle(terminal) if RECORD else eventually(lambda: normal() == recorded)
        if task := re.search(r'"id":"([0-9a-f-]{36})"', terminal.log):
            self.substitutions["ID"] = task[1]
        return normal()

    def install(self) -> None:
        """Install what requirements.txt names, as the first tutorial does, but from uv's cache."""
        venv = self.laptop.folder / ".venv"
        if not venv.exists():
            run_uv("venv", "--seed", "--python", sys.executable, venv)
        run_uv("pip", "install", "--python", venv, "-r", self.laptop.folder / "requirements.txt")

    def push(self) -> None:
        """Commit what has changed and push what was not pushed: the three lines of the first tutorial."""
        if not self.heroku.apps or not (self.laptop.folder / ".git").is_dir():
            return
        if self.laptop.git("status", "--porcelain"):
            self.laptop.run("git add --all && git commit --quiet --message 'The next step'")
        assert self.laptop.run("git push --quiet heroku main") == 0, self.laptop.terminals[-1].log
        self.heroku.wait_for_boots()


def find_steps(language: str, page: str) -> list[Block]:
    """Return the blocks that a reader follows.

    A tutorial is followed whole. In a guide, files that fail on purpose and other forms of a file are skipped; a
    message is expected only directly after a command, under the same heading.
    """
    found = find_blocks(language, page)
    if page.startswith("guides/"):
        found = list(filter_guide_steps(found))
    return found


def list_followed_pages() -> dict[str, str]:
    """Return {slug: page} for the tutorials and guides that are followed, such as "guides/gunicorn"."""
    paths = [path for folder in ("tutorial", "guides") for path in sorted((ROOT / "docs" / folder).glob("*.md"))]
    return {path.stem: f"{path.parent.name}/{path.stem}" for path in paths if path.stem != PRACTICE}


def choose_language(slug: str, languages: Collection[str]) -> str:
    """Return the language in which a page is followed: it does not change when other pages are added."""
    return sorted(languages)[crc32(slug.encode()) % len(languages)]


def filter_guide_steps(page: list[Block]) -> Iterator[Block]:
    command_above = ""
    for block in page:
        is_step = command_above == block.heading if block.kind == "message" else not block.variant
        command_above = block.heading if is_step and block.kind == "command" else ""
        if is_step:
            yield block


def replace_part(text: str, name: str, content: str) -> str:
    """Return text with content in place of the lines between the markers of the part."""
    marks = re.compile(rf"(^[ ]*)(# part: {name}\n).*?(^[ ]*# end: {name}$)", re.MULTILINE | re.DOTALL)
    assert marks.search(text), f"the app has no part {name}"
    return marks.sub(lambda mark: mark[1] + mark[2] + textwrap.indent(content, mark[1]) + mark[3], text)


def wait_until_idle(terminal: Process) -> None:
    """Wait until a running program is idle: all its processes sleep, and it shows nothing new.

    Only for `make record`. It must be idle for two seconds, because a busy machine may delay it for a shorter time.
    """
    looks: list[tuple] = []

    def settled() -> bool:
        states = [process.status() for process in terminal.tree()]
        looks.append((terminal.log, set(states) <= {"sleeping"}))
        return len(looks) > 40 and len(set(looks[-40:])) == 1 and looks[-1][1]

    eventually(settled)
