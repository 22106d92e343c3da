"""docs/tutorial/old-app.md: every claim the page makes, proved. tests/test_walkthroughs.py follows it as a whole."""

import subprocess

import pytest
from lxml import html

from handbook.fake_heroku import buildpack
from handbook.fake_heroku.dyno import copy_app
from handbook.fake_heroku.process import eventually, has_lines
from handbook.paths import SITE, SNIPPETS
from tests.conftest import parse_page

FOLDER = SNIPPETS / "old-app"


def test_heroku_refuses_the_old_runtime_txt_with_the_message_of_the_page(tmp_path, expected_lines):
    with pytest.raises(buildpack.BuildFailed) as refused:
        buildpack.build(copy_app("old-app/broken-runtime", tmp_path))
    assert has_lines(str(refused.value), expected_lines("old-app/broken-runtime"))


def test_the_old_list_does_not_install_and_its_last_line_with_error_names_the_package(tmp_path, expected_lines):
    """“The last line that begins with `ERROR:` names the package.”"""
    with pytest.raises(buildpack.BuildFailed) as refused:
        buildpack.build(copy_app("old-app/broken-list", tmp_path))
    assert has_lines(str(refused.value), expected_lines("old-app/broken-list"))
    last = [line.strip() for line in str(refused.value).splitlines() if line.strip().startswith("ERROR:")][-1]
    assert last == expected_lines("old-app/broken-list")[0]


def test_the_others_of_the_old_list_install_and_cannot_be_imported(tmp_path):
    """“Do not raise the version of this package alone: the others are as old, and the app cannot import them.”"""
    app = copy_app("old-app/broken-list", tmp_path)
    listed = (app / "requirements.txt").read_text().splitlines(keepends=True)
    (app / "requirements.txt").write_text("".join(line for line in listed if not line.startswith("psycopg2")))
    python = buildpack.build(app).environment / "bin/python"
    ran = subprocess.run([python, "-c", "import flask"], capture_output=True, text=True)
    assert ran.stderr.splitlines()[-1].startswith("ImportError: cannot import name")


@pytest.mark.parametrize("variant", ["old-app/broken-syntax", "old-app/broken-ext", "old-app/broken-scheme"])
def test_the_app_crashes_with_the_message_of_the_page(crashed_app, variant):
    with crashed_app(variant) as web:
        assert web.boot() == "H10"


def test_without_tables_the_first_page_answers_and_the_notes_do_not(dyno, expected_lines):
    with dyno("old-app").running() as web:
        assert web.get("/").text == "Hello"
        assert web.get("/notes").status_code == 500
        assert eventually(lambda: has_lines(web.log, expected_lines("old-app/broken-tables"))), web.log
    with dyno("old-app", process="run", command="flask create-tables") as run:
        assert run.wait() == 0, run.log
    with dyno("old-app").running() as web:
        assert web.get("/notes").json() == {"notes": []}


def test_each_repair_changes_only_what_the_page_says():
    """One message, one repair: the print, then the imports and the command, then the address."""

    def lines(name: str) -> set[str]:
        return set((FOLDER / name / "app.py").read_text("utf-8").splitlines())

    assert lines("broken-ext") - lines("broken-syntax") == {'    print("The tables are there.")'}
    assert lines("broken-scheme") - lines("broken-ext") == {
        "from flask_sqlalchemy import SQLAlchemy",
        '@app.cli.command("create-tables")',
    }
    assert lines("") - lines("broken-scheme") == {
        'url = os.environ["DATABASE_URL"]',
        'url = url.replace("postgres://", "postgresql+psycopg://")',
        'app.config["SQLALCHEMY_DATABASE_URI"] = url',
    }


def test_what_the_page_calls_missing_is_missed(dyno):
    """“`KeyError: 'DATABASE_URL'`: create the database”"""
    page = parse_page(SITE / "en/tutorial/old-app.html")
    (message,) = [code for code in map(html.HtmlElement.text_content, page.xpath("//td//code")) if "KeyError" in code]
    web = dyno("old-app")
    del web.env["DATABASE_URL"]
    with web:
        web.popen.wait(timeout=60)
        assert web.boot() == "H10"
        assert message in web.log
