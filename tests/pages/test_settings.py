"""docs/guides/settings.md: every claim the page makes, proved."""

import json
import re
import shlex

import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from handbook.fake_heroku.dyno import copy_app
from handbook.fake_heroku.packages import make_lock_environment
from handbook.fake_heroku.ports import free_port
from handbook.fake_heroku.process import eventually, has_lines
from handbook.paths import SNIPPETS
from tests.conftest import replace_in_file, run_python

RANDOM_KEY = "import secrets\nSECRET_KEY = secrets.token_hex()\n"


def visits(web, cookies=None):
    assert web.boot() == "up", web.log
    return web.get("/visits", cookies=cookies)


def test_without_its_key_the_app_does_not_start_and_says_which_is_missing(dyno, expected_lines):
    with dyno("settings/broken-no-key") as web:
        web.wait()
        assert web.boot() == "H10"
        assert has_lines(web.log, expected_lines("settings/broken-no-key"))
        assert web.get("/").status_code == 503
        assert 'code=H10 desc="App crashed"' in web.router.log[-1]


def test_an_empty_key_is_no_key(dyno, expected_lines):
    with dyno("settings", config={"SECRET_KEY": ""}) as web:
        web.wait()
        assert has_lines(web.log, expected_lines("settings/broken-no-key"))


def test_flask_takes_the_names_in_capitals(dyno):
    show = "from app import app; print('required' in app.config, app.config['PAGE_SIZE'])"
    assert run_python(dyno("settings"), "-c", show).stdout == "False 20\n"


def test_the_console_of_the_dashboard_makes_another_key_each_time(deployed, laptop):
    """The console runs what is typed in a one-off dyno, as `heroku run` does."""
    deployed("first-deploy")
    command = (SNIPPETS / "settings/new-key.bash").read_text("utf-8").strip()
    for _ in range(2):
        assert laptop.run(f"heroku run {shlex.quote(command)}") == 0
    keys = {
        re.findall("^[0-9a-f]{64}$", terminal.log.replace("\r", ""), re.MULTILINE)[0]
        for terminal in laptop.terminals[-2:]
    }
    assert len(keys) == 2


def test_a_config_var_replaces_a_default_and_is_converted(dyno):
    show = "import config; print(config.PAGE_SIZE * 2, config.SIGN_UP)"
    assert run_python(dyno("settings"), "-c", show).stdout == "40 False\n"
    assert run_python(dyno("settings", config={"PAGE_SIZE": "50", "SIGN_UP": "on"}), "-c", show).stdout == "100 True\n"
    assert run_python(dyno("settings", config={"SIGN_UP": "off"}), "-c", show).stdout == "40 False\n"


def test_without_the_conversion_off_counts_as_true(dyno):
    """The file of the page, without its last comparison."""
    web = dyno("settings", config={"SIGN_UP": "off"})
    replace_in_file(web.app / "config.py", '"off") == "on"', '"off")')
    assert run_python(web, "-c", "import config; print(bool(config.SIGN_UP))").stdout == "True\n"


def test_the_command_makes_another_long_key_each_time_a_release_and_a_restart(deployed, laptop, expected_lines):
    """With the real CLI and git. The first push crashes, and the key cures it."""
    app = deployed("settings")
    assert eventually(lambda: has_lines(app.dynos["web"].log, expected_lines("settings/broken-no-key")))
    app.dynos["web"].wait()
    assert requests.get(app.router.url, timeout=60).status_code == 503
    keys = set()
    for release in (4, 5):
        laptop.run_snippet("settings/key.bash")
        app.wait_for_boots()
        assert len(app.releases) == release
        keys.add(app.config["SECRET_KEY"])
    assert len(keys) == 2
    assert all(re.fullmatch("[0-9a-f]{64}", key) for key in keys)
    assert requests.get(app.router.url, timeout=60).text == "Hello"
    assert f"SECRET_KEY: {app.config['SECRET_KEY']}" in laptop.run_snippet("settings/list.console")


def test_a_restart_with_the_same_key_keeps_everybody_logged_in(dyno):
    with dyno("settings") as web:
        first = visits(web)
    with dyno("settings") as web:
        assert visits(web, first.cookies).text == "2"


def test_a_new_key_makes_the_old_cookies_worthless(dyno):
    with dyno("settings") as web:
        first = visits(web)
    with dyno("settings", config={"SECRET_KEY": "another"}) as web:
        assert visits(web, first.cookies).text == "1"


def test_a_key_made_in_the_code_logs_everybody_out_at_each_start(dyno):
    answers = []
    for _ in range(2):
        web = dyno("settings")
        (web.app / "config.py").write_text(RANDOM_KEY)
        with web:
            answers.append(visits(web, answers[-1].cookies if answers else None))
    assert [answer.text for answer in answers] == ["1", "1"]


def test_nobody_can_write_a_cookie_without_the_key(dyno):
    with dyno("settings") as web:
        forged = visits(web).cookies["session"].replace(".", "x.", 1)
        assert visits(web, {"session": forged}).text == "1"


def test_heroku_local_reads_the_env_file(laptop, heroku):
    folder = copy_app("settings", laptop.folder)
    laptop.env["PATH"] = f"{make_lock_environment(folder / 'requirements.txt')}/bin:{laptop.env['PATH']}"
    port = free_port()
    (folder / ".env").write_text((folder / ".env").read_text("utf-8") + f"PORT={port}\n")
    with laptop.start_snippet("settings/local.bash") as local:
        assert local.wait_for_port(port), local.log
        assert requests.get(f"http://127.0.0.1:{port}", timeout=60).text == "Hello"


@pytest.fixture
def google_key(laptop) -> dict[str, str]:
    """Write the key.json of a service account that Google does not know, and return its content."""
    secret = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    key = {"type": "service_account", "client_email": "robot@example.com", "private_key": secret.decode()}
    key["token_uri"] = "https://example.com/token"
    (laptop.folder / "key.json").write_text(json.dumps(key, indent=2))
    return key


CREDENTIALS = """from google.oauth2.service_account import Credentials
import config
print(Credentials.from_service_account_info(config.GOOGLE_KEY).service_account_email)"""


def test_the_content_of_a_file_reaches_google_s_library_through_a_config_var(deployed, laptop, google_key, dyno):
    app = deployed("first-deploy")
    laptop.run_snippet("settings/form-google/google.bash")
    assert app.config["GOOGLE_KEY"] == json.dumps(google_key, indent=2)
    web = dyno("settings/form-google", config={"GOOGLE_KEY": app.config["GOOGLE_KEY"]})
    assert run_python(web, "-c", CREDENTIALS).stdout == f"{google_key['client_email']}\n"


def test_a_file_as_one_line_of_env_reaches_the_app_and_one_of_several_stops_heroku_local(
    laptop, heroku, google_key, expected_lines
):
    (laptop.folder / ".env").write_text("SECRET_KEY=its-last-line-has-no-end")
    laptop.run_snippet("settings/form-google/env.bash")
    show = "import json, os\nprint(os.environ['SECRET_KEY'], json.loads(os.environ['GOOGLE_KEY'])['private_key'])"
    (laptop.folder / "show.py").write_text(show)
    assert laptop.run("heroku local:run python3 show.py") == 0, laptop.terminals[-1].log
    assert f"its-last-line-has-no-end {google_key['private_key'].strip()}" in laptop.terminals[-1].log.replace("\r", "")
    copy_app("settings/broken-lines", laptop.folder)
    with laptop.start_snippet("settings/local.bash") as local:
        assert local.wait() != 0
        assert has_lines(local.log, expected_lines("settings/broken-lines"))


def test_the_env_file_and_what_python_makes_stay_out_of_git(laptop):
    copy_app("settings", laptop.folder)
    for folder in (".venv", "__pycache__"):
        (laptop.folder / folder).mkdir()
        (laptop.folder / folder / "made").touch()
    laptop.git("init", "--quiet")
    laptop.git("add", "--all")
    assert laptop.git("ls-files").split() == sorted(
        [".gitignore", ".python-version", "Procfile", "app.py", "config.py", "requirements.txt"]
    )


def test_swapped_branches_run_the_settings_of_the_laptop_in_silence(dyno, laptop, expected_lines):
    with dyno("settings/broken-switch").running() as web:
        assert web.get("/").text == "Hello"
        assert not re.search("error|warning|debug", web.log, re.IGNORECASE)
        show = "from app import app; print(app.config['DEBUG'], app.config['DATABASE'])"
        assert run_python(web, "-c", show).stdout == "True sqlite:///app.db\n"
        web.env |= {"APP_MODE": "", "DATABASE_URL": "the real one"}
        assert run_python(web, "-c", show).stdout == "False the real one\n"
    assert run_check(laptop, "settings/broken-switch") == expected_lines("settings/broken-switch")


def test_a_file_that_asks_the_environment_is_the_cure(laptop):
    laptop.env |= {"SECRET_KEY": "only-here"}
    assert run_check(laptop, "settings") == ["DEBUG is False"]


def run_check(laptop, name: str) -> list[str]:
    (copy_app(name, laptop.folder) / ".venv").symlink_to(make_lock_environment(laptop.folder / "requirements.txt"))
    return laptop.run_snippet("settings/broken-switch/ask.bash").splitlines()


def test_the_check_refuses_without_the_key_and_starts_with_it(laptop, expected_lines):
    (copy_app("settings", laptop.folder) / ".venv").symlink_to(
        make_lock_environment(laptop.folder / "requirements.txt")
    )
    port = free_port()
    with laptop.start_snippet("settings/check.bash", "5006", str(port)) as gunicorn:
        assert gunicorn.wait()
        assert has_lines(gunicorn.log, expected_lines("settings/broken-no-key"))
    laptop.env |= {"SECRET_KEY": "only-here"}
    with laptop.start_snippet("settings/check.bash", "5006", str(port)) as gunicorn:
        assert gunicorn.wait_for_port(port), gunicorn.log
        assert requests.get(f"http://127.0.0.1:{port}", timeout=60).text == "Hello"


def test_a_key_that_flask_was_not_given_is_named_when_a_session_is_used(dyno, expected_lines):
    with dyno("settings/broken-not-loaded").running() as web:
        assert web.get("/").status_code == 500
        assert has_lines(web.log, expected_lines("settings/broken-not-loaded"))
    web, line = dyno("settings/broken-not-loaded"), "app = Flask(__name__)\n"
    replace_in_file(web.app / "app.py", line, f'{line}app.config.from_object("config")\n')
    with web.running():
        assert web.get("/").text == "Hello"


@pytest.mark.parametrize("name", ["settings/config.py", "settings/app.py"])
def test_no_secret_stands_in_the_code(name):
    key = (SNIPPETS / "settings/.env").read_text("utf-8").partition("=")[2].strip()
    assert key not in (SNIPPETS / name).read_text("utf-8")
