"""docs/guides/practice.md: `make practice`, typed on terminals as a reader does, with the real CLI and the real Git."""

import re
import shlex
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
import requests

from handbook.fake_heroku.process import DEFAULT_TIMEOUT, eventually, is_alive
from handbook.paths import ROOT, SNIPPETS
from handbook.practice import __main__ as practice_main
from handbook.practice import shell
from handbook.reader import transcript
from handbook.reader.laptop import LONG_TIMEOUT_FACTOR, Laptop, read_script
from handbook.reader.page import Block
from handbook.reader.terminal import CTRL_C, CTRL_D, Terminal
from handbook.reader.walkthrough import RECORD, Reader, choose_language
from tests.conftest import LANGUAGES
from tests.handbook.test_heroku import write_app

# make must not update these two: they are up to date, or the tests have brought their own.
MAKE = [
    "make",
    "--no-print-directory",
    f"--directory={ROOT}",
    "--old-file=.venv/ready",
    "--old-file=node_modules/ready",
]
PROMPT = re.compile(r"\n(\(\.venv\) )?\(practice\) ")
TEXT = {"capture_output": True, "text": True, "timeout": LONG_TIMEOUT_FACTOR * DEFAULT_TIMEOUT}
STATUS = re.compile(r"\nstatus=(\d+)\n")


class Practice(Terminal):
    """`make practice` on a terminal; with join, a second terminal with the command that the first one printed."""

    def __init__(self, laptop: Laptop, *options: str, join: str = ""):
        env = laptop.env | {"TERM": "dumb"}
        command = ["bash", "-c", join] if join else [*MAKE, "practice", f"UNDER={laptop.folder}", *options]
        super().__init__(command, laptop.folder, env)

    def __enter__(self):
        super().__enter__()
        assert eventually(lambda: "(practice)" in self.log), self.log
        return self

    def run(self, line: str, goes_on=lambda: False) -> int | None:
        """Type a line and return its exit status; None if goes_on() is true before the next prompt."""
        self.begun = len(self.log)
        self.send_keys(f"{line}\r")
        assert eventually(lambda: self.prompt() or goes_on(), LONG_TIMEOUT_FACTOR * DEFAULT_TIMEOUT), self.log
        if not (prompt := self.prompt()):
            return None
        self.answer = self.log[self.begun : prompt.start()].partition("\n")[2]
        self.begun = len(self.log)
        self.send_keys("echo status=$?\r")
        assert eventually(lambda: self.prompt() and STATUS.search(self.log, self.begun)), self.log
        return int(STATUS.search(self.log, self.begun)[1])

    def prompt(self) -> re.Match | None:
        return PROMPT.search(self.log, self.begun)

    def output(self, line: str) -> str:
        """Type a line and return its output in one line, without the CLI's line breaks and marks of an error."""
        self.run(line)
        return " ".join(self.answer.replace("›", " ").split())

    def find_in_log(self, pattern: str) -> str:
        return re.search(pattern, self.log)[1]

    @property
    def folder(self) -> Path:
        return Path(self.find_in_log(r"Your folder: +(\S+)"))

    @property
    def join_command(self) -> str:
        return self.find_in_log(r"Another terminal: +(.+)")

    def processes(self) -> list[psutil.Process]:
        """Return the processes of make, the imitation and the dynos, and those of the shells in all terminals."""
        home = self.join_command.split()[-1].removesuffix("/shell")
        found = {*self.tree(), *(one for process in self.tree() for one in process.children(recursive=True))}
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                if process.environ().get(shell.HOME_VARIABLE) == home:
                    found.add(process)
        return list(found)


@pytest.fixture
def practice(laptop, require) -> Iterator[Practice]:
    require("heroku", "`make cli` installs it, 400 MB.", laptop.env["PATH"])
    with Practice(laptop) as screen:
        yield screen


class Terminals(Laptop):
    """The two terminals of a reader of the tutorial, in place of those of a laptop."""

    def __init__(self, laptop: Laptop, first: Practice, second: Practice, ports: list[str]):
        self.env, self.terminals = laptop.env, [first, second]
        self.first, self.second, self.ports = first, second, [int(port) for port in ports]
        self.folder, self.busy = first.folder, False

    def run(self, text: str) -> int | None:
        if self.busy:
            self.first.send_keys(CTRL_C)
            assert eventually(lambda: not self.serves()), self.first.log
        if "--tail" in text:
            self.second.send_keys(f"cd {self.folder}\r{text.strip()}\r")
            return None
        for line in text.splitlines():
            status = self.first.run(line, self.serves)
            self.busy = status is None
            if status:
                return status
        if not self.busy:
            self.folder = Path(self.first.output("pwd"))
        return status

    def serves(self) -> bool:
        return any(self.first.listens_on(port) for port in self.ports)


class Practising(Reader):
    """A reader who follows a page in two terminals of a practice, in which `heroku login` only prints a message."""

    def __init__(self, laptop: Laptop, first: Practice, second: Practice):
        super().__init__(laptop, SimpleNamespace(apps={}))  # the account is in another process
        self.is_broken = False  # the last file that was written
        self.laptop = Terminals(laptop, first, second, [self.substitutions["5000"], self.substitutions["5006"]])
        first.run(f"export FLASK_RUN_PORT={self.substitutions['5000']}")

    def file(self, block: Block, following: Block) -> None:
        self.is_broken = block.variant == "broken"
        super().file(block, following)

    def run(self, text: str) -> int | None:
        status = self.laptop.run(self.localize(text))
        if "heroku create" in text:
            self.substitutions[transcript.PUBLIC_URL.rstrip("/")] = self.laptop.first.find_in_log(
                r"(http://127\.0\.0\.1:\d+)/ \|"
            )
            self.laptop.run(f"heroku config:set FLASK_RUN_PORT={self.substitutions['5000']}")  # 5000 may be in use
        if "git push" in text and (self.laptop.folder / "Procfile").exists() and not self.is_broken:
            url = self.substitutions[transcript.PUBLIC_URL.rstrip("/")]
            assert eventually(lambda: requests.get(url, timeout=DEFAULT_TIMEOUT).ok), self.laptop.second.log
        return status


@pytest.mark.parametrize("language", [choose_language("practice", LANGUAGES)])
def test_the_first_deploy_is_typed_into_a_practice(practice, laptop, language):
    """All blocks of the tutorial, with `heroku login`; the printed command opens the second terminal, for the log."""
    with Practice(laptop, join=practice.join_command) as second:
        reader = Practising(laptop, practice, second)
        reader.follow(language, "tutorial/first-deploy")
        assert reader.opened == "Hello"
        assert eventually(lambda: "status=200" in second.log)
    assert "No account is needed here" in practice.log


def test_the_session_of_the_page_is_what_a_practice_shows(practice):
    file = SNIPPETS / "practice/session.console"
    now = []
    practice.run("PS1='(practice) $ '; stty columns 80")  # as wide as a page
    for command, _shown in transcript.parse_transcript(file.read_text("utf-8")):
        practice.run(command)
        here = dict.fromkeys(re.findall(r"(http://127\.0\.0\.1:\d+)/ \|", practice.log), "http://127.0.0.1:40123")
        now.append((command, transcript.normalize(practice.answer, here)))
    if RECORD:
        file.write_text(transcript.format_transcript(now), "utf-8")
    assert file.read_text("utf-8") == transcript.format_transcript(now)


def test_several_apps_run_at_once_and_each_has_its_own(practice):
    """Each app has its own folder and config vars."""
    urls = {}
    for name in ("one", "two"):
        write_app(practice.folder / name)
        for line in (
            f"cd {practice.folder / name}",
            "git init --quiet --initial-branch=main",
            f"heroku create {name}-app",
        ):
            assert practice.run(line) == 0, practice.log
        assert practice.run(f"heroku config:set COLOUR={name}") == 0
        assert practice.run("git add --all; git commit --quiet --message An-app; git push --quiet heroku main") == 0
        urls[name] = re.findall(r"(http://127\.0\.0\.1:\d+)/ \|", practice.log)[-1]
    for name, url in urls.items():
        assert eventually(lambda url=url, name=name: requests.get(url, timeout=DEFAULT_TIMEOUT).text == f"1 {name}"), (
            practice.log
        )
    assert practice.output("heroku config:get COLOUR --app one-app") == "one"
    assert "one-app two-app" in practice.output("heroku apps")
    practice.run("heroku ps:scale web=0 --app two-app")
    assert requests.get(urls["two"], timeout=DEFAULT_TIMEOUT).status_code == 503
    assert requests.get(urls["one"], timeout=DEFAULT_TIMEOUT).text == "1 one"


DEPLOY = "cd app && git init --quiet --initial-branch=main && heroku create && heroku config:set COLOUR=x"
DEPLOY += " && git add --all && git commit --quiet --message An-app && git push --quiet heroku main"


def test_what_it_does_not_know_is_named_with_the_page_that_has_it_and_nobody_need_log_in(practice, laptop):
    practice.run("heroku create")
    assert practice.output("heroku login --interactive") == shell.NO_LOGIN
    assert practice.output("heroku auth:whoami").endswith(" you@example.com")
    (title,) = re.findall("^# (.+)", (ROOT / "docs/guides/releases.md").read_text("utf-8"), re.MULTILINE)
    unknown = practice.output("heroku pipelines:create a-pipeline --stage staging --app hello-heroku")
    assert "This practice does not know `heroku pipelines:create` (GET /users/~)." in unknown
    assert f"See the page “{title}” (guides/releases)." in unknown
    unknown = practice.output("heroku webhooks --app hello-heroku")
    assert "(GET /apps/hello-heroku/webhooks). No page of the site has this command." in unknown
    # The home folder of the reader has nothing but what the fixture laptop wrote.
    home = Path(laptop.env["HOME"])
    assert {path.name for path in home.iterdir()} == {".curlrc", "browser", "work"}
    assert list(laptop.folder.iterdir()) == [practice.folder]


def test_a_shell_in_a_one_off_dyno_has_a_prompt_and_the_keys_of_a_terminal(practice):
    write_app(practice.folder / "app")
    assert practice.run(DEPLOY) == 0, practice.log
    practice.send_keys("heroku run bash\r")
    assert eventually(lambda: re.search(r"bash-[\d.]+[#$] $|:[^\n]*[#$] $", practice.log.partition("heroku run")[2]))
    before = len(practice.log)
    practice.send_keys("tty && ls && echo $COLUMNS lines-$((6 * 7))\r")
    assert eventually(lambda: "200 lines-42" in practice.log[before:]), practice.log
    assert "Procfile" in practice.log[before:]
    assert "/dev/pts/" in practice.log[before:]
    practice.send_keys("cat\rrepeated\r")
    assert eventually(lambda: "repeated" in practice.log[before:]), practice.log
    practice.send_keys(CTRL_C)
    assert eventually(lambda: re.search(r"\^C\n.*[#$] $", practice.log[before:])), practice.log
    practice.send_keys(CTRL_D)
    assert eventually(lambda: PROMPT.search(practice.log, before)), practice.log
    assert practice.run("true") == 0


def exit_by_command(screen: Practice) -> None:
    screen.send_keys("exit\r")


def exit_by_ctrl_d(screen: Practice) -> None:
    screen.send_keys(CTRL_D)


def exit_by_a_closed_window(screen: Practice) -> None:
    screen.close_window()


def exit_by_a_signal(screen: Practice) -> None:
    one = next(one for one in screen.tree() if one.cmdline()[1:3] == ["-m", "handbook.practice"])
    one.send_signal(signal.SIGTERM)


@pytest.mark.parametrize(
    ("leave", "answer", "kept"),
    [
        (exit_by_command, "n", False),
        (exit_by_ctrl_d, "", True),
        (exit_by_a_closed_window, None, True),
        (exit_by_a_signal, None, True),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_however_it_is_left_nothing_runs_on_and_the_folder_is_kept_or_deleted(practice, laptop, leave, answer, kept):
    """Until then there run a dyno that ignores SIGTERM, a server, a background program, a log in a second terminal."""
    write_app(practice.folder / "app")
    (practice.folder / "app/Procfile").write_text("web: (trap '' TERM; sleep 600) & exec python -u server.py\n")
    with Practice(laptop, join=practice.join_command) as second:
        assert practice.run(DEPLOY) == 0, practice.log
        assert practice.run("nohup sleep 600 >nohup.out 2>&1 &") == 0
        second.send_keys("heroku logs --tail --app hello-heroku\r")
        url = practice.find_in_log(r"(http://127\.0\.0\.1:\d+)/ \|")
        assert eventually(lambda: requests.get(url, timeout=DEFAULT_TIMEOUT).ok), practice.log
        assert eventually(lambda: "status=200" in second.log), second.log
        running, folder = practice.processes(), practice.folder
        home = Path(practice.join_command.split()[-1]).parent
        assert {"make", "bash", "sleep", "node"} <= {one.name() for one in running}
        leave(practice)
        if answer is not None:
            assert eventually(lambda: "Keep your folder" in practice.log), practice.log
            assert not [one for one in running if is_alive(one) and one.name() in ("sleep", "node")]
            practice.send_keys(f"{answer}\r")
        assert eventually(lambda: not [one for one in running if is_alive(one)]), [
            one for one in running if is_alive(one)
        ]
        assert eventually(second.is_gone)
    with pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=DEFAULT_TIMEOUT)
    assert (folder / "app/server.py").is_file() is kept
    assert folder.exists() is kept
    assert not home.exists()


@pytest.mark.parametrize("kept", [False, True])
def test_a_program_types_its_commands_and_says_what_becomes_of_the_folder(laptop, kept):
    """The page's block reads its commands from a pipe, asks nothing, and reports the exit status of the last one."""
    script = read_script("practice/options.bash").replace("make ", f"{shlex.join(MAKE)} ")
    script = script.replace("delete", "keep" if kept else "delete")
    typed = "heroku create && touch made && exit 3"
    ran = subprocess.run(["bash", "-c", script], cwd=laptop.folder, env=laptop.env, input=typed, **TEXT)
    assert "Creating app... done, hello-heroku" in ran.stdout + ran.stderr
    assert "Error 3" in ran.stderr
    folders = Path(laptop.env["HOME"], "tries").iterdir()
    assert [path.name for folder in folders for path in folder.iterdir()] == ["made"] * kept


@pytest.mark.parametrize("under", ["/nowhere", f"{ROOT}/README.md"])
def test_a_folder_that_is_not_there_is_named(laptop, under):
    ran = subprocess.run([*MAKE, "practice", f"UNDER={under}"], env=laptop.env, **TEXT)
    assert f"UNDER={under}: there is no such folder" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_folder_that_the_reader_has_moved_is_theirs(laptop):
    command, moved = [*MAKE, "practice", f"UNDER={laptop.folder}"], laptop.folder / "moved"
    ran = subprocess.run(command, env=laptop.env, input=f'touch mine && mv "$PWD" {moved}', **TEXT)
    assert "Your folder is not where it was." in ran.stdout
    assert "Traceback" not in ran.stderr
    assert (moved / "mine").is_file()


def test_an_empty_folder_is_deleted_and_the_last_line_says_so(laptop):
    ran = subprocess.run([*MAKE, "practice", f"UNDER={laptop.folder}"], env=laptop.env, input="true", **TEXT)
    assert ran.stdout.splitlines()[-1] == (
        "Nothing of the practice runs any more. Your folder was empty, and is deleted."
    )
    assert list(laptop.folder.iterdir()) == []


@pytest.mark.parametrize(("keep", "message"), [(True, "is kept: {}"), (False, "is deleted.")])
def test_a_folder_with_files_is_kept_or_deleted(tmp_path, keep, message):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/app.py").touch()
    assert practice_main.close_folder(tmp_path / "mine", keep) == message.format(tmp_path / "mine")
    assert (tmp_path / "mine").exists() is keep


def test_the_page_names_each_program_that_the_practice_asks_for():
    page = " ".join((ROOT / "docs/guides/practice.md").read_text("utf-8").split())
    made = (ROOT / "Makefile").read_text("utf-8")
    for words in (r"Python 3\.11 or newer", r"Node 20 or newer"):
        assert re.search(words, page)
        assert re.search(words, made)
    for program in ("Git", "OpenSSL"):
        assert program in page
        assert program.lower() in practice_main.PROGRAMS
