"""docs/guides/your-app.md: every claim the page makes, proved. tests/test_walkthroughs.py follows it as a whole."""

import shutil
import subprocess
from pathlib import Path

import pytest

from handbook.fake_heroku import buildpack
from handbook.fake_heroku.buildpack import build
from handbook.fake_heroku.dyno import Dyno, copy_app
from handbook.fake_heroku.process import has_lines
from handbook.paths import SITE, SNIPPETS
from handbook.reader.laptop import read_script
from tests.conftest import parse_page, replace_in_file

FOLDER = SNIPPETS / "your-app"
APP = 'from flask import Flask\n\n{name} = Flask(__name__)\n\n\n@{name}.get("/")\ndef index():\n    return "Hello"\n'
FACTORY = "def {name}:\n    from flask import Flask\n\n    app = Flask(__name__)\n"
FACTORY += '    app.get("/")(lambda: "Hello")\n    return app\n'


def table(number: int, language: str = "en") -> list[list]:
    """Return the cells of a table of the page, row by row; the first table has the number 0."""
    page = parse_page(SITE / language / "guides/your-app.html")
    return [row.findall("td") for row in page.xpath(f"(//article//table)[{number + 1}]/tbody/tr")]


def codes(cell) -> list[str]:
    return [code.text_content() for code in cell.iter("code")]


def test_the_app_as_it_lies_on_the_laptop_is_refused(tmp_path, expected_lines):
    with pytest.raises(buildpack.BuildFailed) as refused:
        buildpack.build(copy_app("your-app/broken-laptop", tmp_path))
    assert has_lines(str(refused.value), expected_lines("your-app/broken-laptop"))


def test_the_checklist_names_what_the_app_of_the_page_was_given():
    """They are the files that the app on the laptop lacks, and the condition in run.py."""
    needed = [code for row in table(0) for code in codes(row[1])]
    files, condition = needed[:-1], needed[-1]
    deleted = (FOLDER / "broken-laptop/changes.txt").read_text("utf-8").replace("delete ", "").split()
    assert sorted(files) == sorted(deleted)
    assert f"{condition}:" in (FOLDER / "run.py").read_text("utf-8")


@pytest.mark.parametrize("row", range(5))
def test_each_line_of_the_table_starts_an_app_with_these_names(row, tmp_path):
    """“Your Flask object is … The Procfile says …”"""
    rows = table(1)
    assert len(rows) == 5
    (name, file), (line,) = map(codes, rows[row])
    path = tmp_path / "app" / file
    path.parent.mkdir(parents=True)
    path.write_text((FACTORY if name.endswith("()") else APP).format(name=name))
    if path.parent.name == "backend":
        path.with_name("words.py").touch()
        path.write_text("import words\n" + path.read_text())
    shutil.copy(FOLDER / "requirements.txt", tmp_path / "app")
    (tmp_path / "app/Procfile").write_text(f"{line}\n")
    with Dyno(tmp_path / "app", build(tmp_path / "app"), tmp_path / "log.txt").running() as web:
        assert web.get("/").text == "Hello"


@pytest.mark.parametrize(
    ("app", "how", "starts"),
    [
        ("your-app/broken-laptop", "import run", True),
        ("your-app", "import run", False),
        ("your-app", "import runpy; runpy.run_path('run.py', run_name='__main__')", True),
    ],
)
def test_with_the_condition_only_the_laptop_starts_the_server_of_flask(tmp_path, dyno, app, how, starts):
    """“The condition keeps this import from starting a second server”: Gunicorn imports the file, a laptop runs it."""
    program = f"import flask\nflask.Flask.run = lambda *_a, **_k: print('started')\n{how}"
    python = dyno("your-app").venv / "bin/python"
    command, env = [python, "-c", program], {"SECRET_KEY": "for-the-tests", "PYTHONPATH": "."}
    folder = copy_app(app, tmp_path / "app")
    ran = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=True)
    assert ran.stdout == ("started\n" if starts else "")


def test_the_key_of_the_config_var_signs_the_cookie(dyno):
    with dyno("your-app").running() as web:
        assert "session" in web.get("/").cookies


@pytest.mark.parametrize("before", ["no repository", "the branch master", "the branch main"])
def test_the_lines_for_git_end_on_the_branch_main_whatever_there_was(laptop, before):
    copy_app("your-app", laptop.folder)
    (laptop.folder / ".env").touch()
    (laptop.folder / "local.db").touch()
    if before != "no repository":
        laptop.git("init", "--quiet", f"--initial-branch={before.split()[-1]}")
        laptop.git("add", "run.py")
        laptop.git("commit", "--quiet", "--message", "As it was")
    laptop.run_snippet("your-app/git.bash")
    assert laptop.git("branch", "--format=%(refname:short)").split() == ["main"]
    assert laptop.git("status", "--porcelain") == ""
    assert int(laptop.git("rev-list", "--count", "main")) == (1 if before == "no repository" else 2)
    names = laptop.git("ls-tree", "-r", "--name-only", "main").split()
    assert names == [".gitignore", ".python-version", "Procfile", "guestbook/__init__.py", "requirements.txt", "run.py"]


@pytest.fixture
def laptop_with_commit(laptop):
    """Return the laptop with the app of the page, committed, and an empty repository that stands in for GitHub."""
    laptop.github = laptop.create_github_repository()
    copy_app("your-app", laptop.folder)
    laptop.run_snippet("your-app/git.bash")
    return laptop


def test_what_is_pushed_to_github_can_be_cloned_elsewhere(laptop_with_commit):
    laptop_with_commit.run_snippet("your-app/github.bash")
    laptop_with_commit.git("push", "--quiet")  # --set-upstream: from now on the two words are enough
    files = laptop_with_commit.git("ls-files")
    laptop_with_commit.folder = Path(laptop_with_commit.env["HOME"]) / "another machine"
    laptop_with_commit.folder.mkdir()
    assert laptop_with_commit.run(read_script("your-app/clone.bash")) == 0, laptop_with_commit.terminals[-1].log
    assert laptop_with_commit.folder.name == "REPOSITORY"
    assert laptop_with_commit.git("ls-files") == files


def messages() -> dict[str, str]:
    """Return {message in the table: the page's advice}."""
    return {codes(row[0])[0]: row[1].text_content() for row in table(2) if codes(row[0])}


def message_of(laptop, commands: str) -> str:
    assert laptop.run(commands) != 0
    return laptop.terminals[-1].log


def test_git_says_what_the_table_says(laptop_with_commit):
    second = "error: remote origin already exists."
    nothing = "error: src refspec main does not match any"
    assert {second, nothing} <= set(messages())
    laptop_with_commit.run_snippet("your-app/github.bash")
    assert second in message_of(laptop_with_commit, read_script("your-app/github.bash"))
    laptop_with_commit.folder = Path(laptop_with_commit.env["HOME"]) / "empty"
    laptop_with_commit.folder.mkdir()
    assert nothing in message_of(
        laptop_with_commit, "git init --quiet && git push https://github.com/YOU/REPOSITORY.git main"
    )


def test_an_environment_in_git_is_refused_until_it_is_taken_out(laptop_with_commit, tmp_path):
    """“take it out of Git: `git rm -r --cached .venv`, then commit”"""
    (laptop_with_commit.folder / ".venv").mkdir()
    (laptop_with_commit.folder / ".venv/pyvenv.cfg").touch()
    laptop_with_commit.git("add", "--force", ".venv")
    laptop_with_commit.git("commit", "--quiet", "--message", "Too much")

    def build(name: str) -> buildpack.Build:
        laptop_with_commit.git("clone", "--quiet", ".", str(tmp_path / name))
        return buildpack.build(tmp_path / name)

    with pytest.raises(buildpack.BuildFailed) as refused:
        build("before")
    (message,) = [message for message in messages() if ".venv" in message]
    assert message in str(refused.value)
    assert laptop_with_commit.run("git rm -r --cached .venv && git commit --quiet --message 'Without it'") == 0
    assert "git rm -r --cached .venv" in messages()[message]
    assert build("after").processes == {"web": "gunicorn run:app"}
    assert (laptop_with_commit.folder / ".venv/pyvenv.cfg").is_file()


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("requirements.txt", "Flask==", "# ", "ModuleNotFoundError"),
        ("run.py", "app = create_app()", "application = create_app()", "Failed to find attribute 'app' in 'run'."),
        ("run.py", "", "", "KeyError: 'SECRET_KEY'"),
    ],
)
def test_the_log_says_what_the_table_says(tmp_path, file, old, new, message):
    assert message in messages()
    app = copy_app("your-app", tmp_path / "app")
    replace_in_file(app / file, old, new)
    config = {} if "KeyError" in message else {"SECRET_KEY": "for-the-tests"}
    with Dyno(app, build(app), tmp_path / "log.txt", config=config) as web:
        web.popen.wait(timeout=60)  # Gunicorn listens before its workers import the app
        assert web.boot() == "H10"
        assert message in web.log
