"""docs/reference/variables.md: every claim the page makes, proved."""

import re
import subprocess

import pytest

from handbook.fake_heroku.limits import MEMORY_MB
from handbook.fake_heroku.process import eventually
from handbook.paths import ROOT
from tests.conftest import run_python

PAGE = (ROOT / "docs/reference/variables.md").read_text("utf-8")
ROW = re.compile(r"^\| `(\w+)` \| (.+) \| .+ \|$", re.MULTILINE)
HEROKU, DEFAULTS, FIXED, ADDONS, YOURS = (dict(ROW.findall(section)) for section in PAGE.split("\n## ")[1:])
# The imitation does not set these: its Python is in another folder, and it installs with uv.
NOT_HERE = {"PYTHONHOME", "LIBRARY_PATH", "LD_LIBRARY_PATH"}
SCHEME = "\nfrom flask import request\napp.add_url_rule('/scheme', 'scheme', lambda: request.scheme)\n"
PRINT = "import time; print('Printed'); open('printed', 'w').close(); time.sleep(60)"


def gunicorn(web, *options: str) -> dict[str, str]:
    """Return the settings that Gunicorn would use, as `--print-config` prints them."""
    command = [web.venv / "bin" / "gunicorn", *options, "--print-config", "app:app"]
    lines = subprocess.run(command, cwd=web.app, env=web.env, check=True, capture_output=True, text=True).stdout
    return dict(re.findall(r"^(\w+) += (.*)$", lines, re.MULTILINE))


def test_the_tables_name_what_a_dyno_sets_and_nothing_else(dyno):
    assert {*HEROKU, *DEFAULTS, *FIXED} - NOT_HERE == set(dyno("procfile").make_environment())


@pytest.mark.parametrize("name", sorted({*HEROKU, *DEFAULTS, *FIXED} - NOT_HERE - {"PATH", "PORT", "WEB_CONCURRENCY"}))
def test_a_value_in_the_tables_is_what_a_dyno_has(name, dyno):
    web = dyno("procfile")
    said = re.search("`([^`]+)`", (HEROKU | DEFAULTS | FIXED)[name])[1]
    assert web.make_environment()[name] == said.replace("/app", str(web.app))


@pytest.mark.parametrize("name", sorted(DEFAULTS.keys() - {"WEB_CONCURRENCY_SET_BY"}))
def test_your_value_replaces_a_default(name, dyno):
    yours = "C.UTF-8" if name == "LANG" else "yours"
    assert dyno("procfile", config={name: yours}).make_environment()[name] == yours


def test_a_lang_that_a_dyno_does_not_have_becomes_c_utf_8(dyno):
    """any other `LANG` becomes `C.UTF-8`"""
    assert dyno("procfile", config={"LANG": "de_DE.UTF-8"}).make_environment()["LANG"] == "C.UTF-8"


def test_pip_s_variable_is_absent_with_uv(dyno):
    """`1` with `requirements.txt`; absent with uv, Poetry and Pipenv"""
    assert "PIP_DISABLE_PIP_VERSION_CHECK" not in dyno("dependencies/form-uv").make_environment()


@pytest.mark.parametrize("name", sorted({*HEROKU, *FIXED} - NOT_HERE))
def test_your_value_has_no_effect_on_the_others(name, dyno):
    assert dyno("procfile", config={name: "yours"}).make_environment()[name] != "yours"


def test_only_web_processes_are_given_a_port(dyno):
    assert "PORT" not in dyno("procfile", "worker").make_environment()
    assert "PORT" not in dyno("procfile", "release").make_environment()


def test_the_number_of_workers_follows_from_memory_and_cores(dyno, facts):
    assert facts["web_concurrency_rule"]["value"] == "the smaller of cores × 2 + 1 and memory ÷ 256 MB"
    assert facts["small_dyno_memory"]["value"] == f"{MEMORY_MB} MB"
    smaller = min(8 * 2 + 1, MEMORY_MB // 256)
    assert (
        dyno("procfile").make_environment()["WEB_CONCURRENCY"]
        == facts["web_concurrency_small"]["value"]
        == str(smaller)
    )


def test_who_set_the_number_is_known_only_if_it_was_the_buildpack(dyno):
    assert "WEB_CONCURRENCY_SET_BY" not in dyno("procfile", config={"WEB_CONCURRENCY": "3"}).make_environment()


def test_gunicorn_starts_as_many_workers_as_it_is_told(dyno):
    with dyno("procfile", config={"WEB_CONCURRENCY": "3"}).running() as web:
        assert eventually(lambda: web.log.count("Booting worker") == 3), web.log


def test_web_concurrency_counts_only_if_no_other_place_gives_a_number(dyno):
    assert gunicorn(dyno("gunicorn"))["workers"] == "2"
    assert gunicorn(dyno("gunicorn"), "--workers", "4")["workers"] == "4"
    assert gunicorn(dyno("gunicorn", config={"GUNICORN_CMD_ARGS": "--workers 5"}))["workers"] == "5"
    web = dyno("gunicorn")
    (web.app / "gunicorn.conf.py").write_text("workers = 6\n")
    assert gunicorn(web)["workers"] == "6"


def test_gunicorn_obeys_its_command_line_then_the_variable_then_its_file(dyno):
    told = dyno("gunicorn", config={"GUNICORN_CMD_ARGS": "--timeout 40"})
    assert gunicorn(dyno("gunicorn"))["timeout"] == "20"
    assert gunicorn(told)["timeout"] == "40"
    assert gunicorn(told, "--timeout", "60")["timeout"] == "60"


def test_your_own_gunicorn_cmd_args_take_the_access_log_away_unless_they_repeat_it(dyno, heroku, laptop):
    laptop.git("init", "--quiet")
    laptop.run("heroku create")
    laptop.run_snippet("variables/keep-log.bash")
    settings = gunicorn(dyno("procfile", config=heroku.app.config))
    assert (settings["accesslog"], settings["timeout"]) == ("-", "60")
    for config, shown in (({"GUNICORN_CMD_ARGS": "--timeout 60"}, False), (heroku.app.config, True)):
        with dyno("procfile", config=config).running() as web:
            web.get("/")
            assert web.stop() == "gone"
            assert ('"GET / HTTP/1.1" 200' in web.log) is shown


def test_gunicorn_believes_the_router_because_of_forwarded_allow_ips(dyno):
    for trusted, scheme in (("*", "https"), ("203.0.113.9", "http")):
        web = dyno("procfile")
        assert web.env["FORWARDED_ALLOW_IPS"] == "*"
        web.env["FORWARDED_ALLOW_IPS"] = trusted
        with (web.app / "app.py").open("a") as source:
            source.write(SCHEME)
        with web.running():
            assert web.get("/scheme").text == scheme


def test_what_you_print_is_in_the_log_at_once(dyno):
    for variables, shown in ({}, True), ({"PYTHONUNBUFFERED": ""}, False):
        worker = dyno("procfile", "worker", command=f'python -c "{PRINT}"')
        worker.env |= variables
        with worker:
            assert eventually((worker.app / "printed").exists), worker.log
            assert ("Printed" in worker.log) is shown


def test_your_modules_are_found_from_every_folder(dyno):
    web = dyno("procfile")
    (web.app / "jobs").mkdir()
    (web.app / "jobs/clean.py").write_text("import app\n")
    assert run_python(web, "jobs/clean.py").returncode == 0
    assert "No module named 'app'" in run_python(web, "jobs/clean.py", PYTHONPATH="").stderr


def test_the_add_on_sets_an_address_of_the_form_in_the_table(addon):
    form = re.escape(ADDONS["DATABASE_URL"].strip("`"))
    form = re.sub(r"user|password|host|port|name", r"[\\w.]+", form)
    assert re.fullmatch(form, addon("postgres")["DATABASE_URL"])


def test_flask_finds_an_app_called_app_or_wsgi_and_is_told_any_other(dyno):
    for module, config, found in (("app", {}, True), ("wsgi", {}, True), ("hello", {}, False)):
        web = dyno("procfile", config=config)
        (web.app / "app.py").rename(web.app / f"{module}.py")
        assert (run_python(web, "-m", "flask", "routes").returncode == 0) is found
        assert run_python(web, "-m", "flask", "routes", FLASK_APP=module).returncode == 0


def test_tz_gives_a_dyno_the_time_of_its_zone(dyno):
    show = "import datetime; print(datetime.datetime(2026, 7, 1, 12).astimezone())"
    (row,) = re.findall(r"^\| `TZ` \|.*", PAGE, re.MULTILINE)
    offsets = {"Europe/Madrid": "+02:00", "America/Bogota": "-05:00"}
    assert re.findall(r"`(\w+/\w+)`", row) == [*offsets]
    for zone, offset in offsets.items():
        assert run_python(dyno("procfile"), "-c", show, TZ=zone).stdout == f"2026-07-01 12:00:00{offset}\n"


def test_flask_obeys_flask_debug_everywhere_and_flask_env_nowhere(dyno):
    show = "from app import app; print(app.debug)"
    assert run_python(dyno("procfile"), "-c", show).stdout == "False\n"
    assert run_python(dyno("procfile"), "-c", show, FLASK_DEBUG="1").stdout == "True\n"
    assert run_python(dyno("procfile"), "-c", show, FLASK_ENV="development").stdout == "False\n"
    assert {"FLASK_DEBUG", "FLASK_ENV"} < YOURS.keys()
