"""The errors page is enough to repair an old app that no longer runs on Heroku.

Each log goes into "Paste your log", and the test does only what the first entry says, until the app answers. The apps
are invented, one for each way in which apps get old.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from handbook.fake_heroku import buildpack
from handbook.fake_heroku.dyno import Dyno
from handbook.paths import SNIPPETS
from tests.conftest import write_files
from tests.recognition import find_first_entry, format_heroku_log

PINS = (SNIPPETS / "first-deploy/requirements.txt").read_text("utf-8")
PYTHON = "3.14\n"
PROCFILE = "web: gunicorn app:app\n"
VIEW = """

@app.route("/")
def index():
    return "Hello"
"""
BEFORE_FIRST_REQUEST = """

@app.before_first_request
def begin():
    app.config["BEGUN"] = True
"""
URL = 'os.environ["DATABASE_URL"]'
APP = f"from flask import Flask\n\napp = Flask(__name__)\n{VIEW}"


def app_with_database(extension: str, url: str) -> str:
    """Return an app.py with a database; url: the expression for its address."""
    text = APP.replace(VIEW, f'app.config["SQLALCHEMY_DATABASE_URI"] = {url}\ndb = SQLAlchemy(app)\n{VIEW}')
    return f"import os\n\nfrom {extension} import SQLAlchemy\n{text}"


@dataclass(frozen=True)
class OldApp:
    """files: the content of its repository. repairs: for each failure in turn, the entry that the log leads to, and
    the files as that entry corrects them; None deletes a file.
    """

    files: dict[str, str]
    repairs: list[tuple[str, dict[str, str | None]]]
    needs: list[str] = field(default_factory=list)


OLD_APPS = {
    "a Pipfile for Python 3.6": OldApp(
        {
            "Pipfile": '[packages]\nflask = "*"\ngunicorn = "*"\n\n[requires]\npython_version = "3.6"\n',
            "Pipfile.lock": '{"_meta": {"requires": {"python_version": "3.6"}}, "default": {}, "develop": {}}',
            "Procfile": PROCFILE,
            "app.py": APP.replace("\n", "\nfrom werkzeug import secure_filename\n", 1),
        },
        [
            (
                "error-the-requested-python-version-has-reached-end-of-life",
                {"Pipfile": None, "Pipfile.lock": None, ".python-version": PYTHON, "requirements.txt": PINS},
            ),
            (
                "importerror-cannot-import-name-secure-filename-from-werkzeug",
                {"app.py": APP.replace("\n", "\nfrom werkzeug.utils import secure_filename\n", 1)},
            ),
        ],
    ),
    "a folder of its own for the app": OldApp(
        {
            "requirements.txt": PINS,
            ".python-version": PYTHON,
            "backend/app.py": APP.replace("\n", "\nfrom words import WORDS\n", 1),
            "backend/words.py": "WORDS = []\n",
        },
        [
            ("procfile-declares-types-none", {"Procfile": PROCFILE}),
            ("modulenotfounderror-no-module-named", {"Procfile": "web: gunicorn --chdir backend app:app\n"}),
        ],
    ),
    "a list written by conda": OldApp(
        {
            "requirements.txt": f"{PINS}click @ file:///tmp/build/80754af9/click_1621604852318/work\n",
            ".python-version": PYTHON,
            "Procfile": PROCFILE,
            "app.py": APP + BEFORE_FIRST_REQUEST,
        },
        [
            ("conda-path", {"requirements.txt": PINS}),
            (
                "attributeerror-flask-object-has-no-attribute-before-first-request",
                {"app.py": f'{APP}\n\napp.config["BEGUN"] = True\n'},
            ),
        ],
    ),
    "Flask 1 without its dependencies": OldApp(
        {
            "requirements.txt": re.sub("Flask==.*", "Flask==1.1.2", PINS),
            ".python-version": PYTHON,
            "Procfile": PROCFILE,
            "app.py": APP.replace("import Flask\n", "import Flask\nfrom flask.json import JSONEncoder\n"),
        },
        [
            ("importerror-cannot-import-name-escape-from-jinja2", {"requirements.txt": PINS}),
            ("cannot-import-name", {"app.py": APP}),
        ],
    ),
    "a database whose address begins with postgres": OldApp(
        {
            "requirements.txt": f"{PINS}Flask-SQLAlchemy==3.1.1\npsycopg2-binary==2.9.12\nSQLAlchemy==2.0.53\n",
            ".python-version": PYTHON,
            "Procfile": PROCFILE,
            "app.py": app_with_database("flask.ext.sqlalchemy", URL),
        },
        [
            ("modulenotfounderror-no-module-named-flask-ext", {"app.py": app_with_database("flask_sqlalchemy", URL)}),
            (
                "can-t-load-plugin-sqlalchemy-dialects-postgres",
                {"app.py": app_with_database("flask_sqlalchemy", f'{URL}.replace("postgres://", "postgresql://")')},
            ),
        ],
        ["postgres"],
    ),
}


def deploy(folder: Path, config: dict[str, str], log: Path) -> tuple[str, str]:
    """Return (the text of the first page, ""), or ("", the output of the push or the log) if the app fails."""
    try:
        built = buildpack.build(folder)
    except buildpack.BuildFailed as refused:
        return "", str(refused)
    pushed = "\n".join(built.log)
    if "web" not in built.processes:
        return "", f'{pushed}\nheroku[router]: at=error code=H14 desc="No web processes running" method=GET path="/"'
    with Dyno(folder, built, log, config=config) as web:
        if web.boot() == "up" and (answer := web.get("/")).ok:
            return answer.text, ""
        return "", format_heroku_log(web.log, web.router.log)


@pytest.mark.parametrize("name", OLD_APPS)
def test_an_old_app_comes_back_with_what_the_errors_page_says_first(tmp_path, addon, name):
    old = OLD_APPS[name]
    config = {variable: value for need in old.needs for variable, value in addon(need).items()}
    write_files(tmp_path / "app", old.files)
    for number, (entry, repaired) in enumerate(old.repairs):
        answer, log = deploy(tmp_path / "app", config, tmp_path / f"{number}.txt")
        assert answer == ""
        found = find_first_entry(log)
        assert found, log
        assert found.id == entry, log
        write_files(tmp_path / "app", repaired)
    answer, log = deploy(tmp_path / "app", config, tmp_path / "last.txt")
    assert answer == "Hello", log
