"""docs/tutorial/dashboard.md: every claim the page makes, proved. tests/test_walkthroughs.py follows it as a whole.

The dashboard itself is not tested. The tests do what its buttons start: the build of the branch, the dyno that
answers, the command in the console.
"""

import re
import subprocess

import pytest

from handbook.fake_heroku.dyno import copy_app
from handbook.paths import ROOT, SITE
from tests.conftest import LANGUAGES, build_log, parse_page


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_build_says_the_two_lines_that_the_page_names(tmp_path, language):
    page = parse_page(SITE / language / "tutorial/dashboard.html")
    said = [item.text_content() for item in page.xpath("//ol/li/p/code[string-length() > 25]")]
    assert len(said) == 2
    for line in said:
        assert line in build_log(copy_app("dashboard", tmp_path))


@pytest.mark.parametrize(
    ("file", "wrong_name", "message"),
    [
        ("requirements.txt", "requirement.txt", "Couldn't find any supported Python package manager files."),
        (".python-version", "no-dot.txt", "No Python version was specified."),
        ("Procfile", "procfile.txt", "Procfile declares types -> (none)"),
    ],
)
def test_a_file_with_a_wrong_name_gives_the_message_of_the_table(tmp_path, file, wrong_name, message):
    app = copy_app("dashboard", tmp_path)
    (app / file).rename(app / wrong_name)
    assert message in build_log(app)
    assert f"`{message}`" in (ROOT / "docs/tutorial/dashboard.md").read_text("utf-8")


def test_files_in_a_folder_are_not_found(tmp_path):
    copy_app("dashboard", tmp_path / "hello-heroku")
    assert "No default language could be detected for this app." in build_log(tmp_path)


def test_the_console_shows_what_the_drawing_shows(dyno):
    """`ls` is typed into the shell that `bash` starts, in the folder of the app."""
    place = dyno("dashboard")
    shell = subprocess.run(["bash"], cwd=place.app, env=place.env, input="ls\nexit\n", capture_output=True, text=True)
    assert sorted(shell.stdout.split()) == ["Procfile", "app.py", "requirements.txt"]
    drawing = (ROOT / "docs/_drawings/dashboard-console.svg").read_text("utf-8")
    assert ">Procfile app.py requirements.txt<" in drawing


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_command_of_the_console_makes_another_key_each_time(dyno, language):
    """“Copy what the command prints into the config var SECRET_KEY”"""
    page = parse_page(SITE / language / "tutorial/dashboard.html")
    (command,) = [code.text_content() for code in page.xpath("//dd//code") if "python" in code.text_content()]
    place = dyno("dashboard")

    def run() -> str:
        # The console, too, runs a command in a shell, in the folder of the app.
        shell = subprocess.run(["bash", "-c", command], cwd=place.app, env=place.env, capture_output=True, text=True)
        return shell.stdout.strip()

    keys = {run(), run()}
    assert len(keys) == 2
    assert all(re.fullmatch("[0-9a-f]{64}", key) for key in keys)
