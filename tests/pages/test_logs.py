"""docs/guides/logs.md: every claim the page makes, proved."""

import re

import requests

from handbook.fake_heroku.process import eventually, has_lines
from handbook.paths import SNIPPETS
from tests.conftest import replace_in_file


def test_what_the_app_prints_is_in_the_log_at_once(dyno):
    web = dyno("logs")
    with (web.app / "app.py").open("a") as source:
        source.write('\nprint("printed while it starts")\n')
    with web.running():
        assert web.wait_for_log("printed while it starts")
        web.get("/")
        assert web.wait_for_log("INFO:app:Somebody is here")


def test_without_a_level_the_line_is_lost(dyno, expected_lines):
    with dyno("logs/broken-level").running() as web:
        assert web.get("/").text == "Hello"
        assert eventually(lambda: has_lines(web.log, expected_lines("logs/broken-level")))
        assert "Somebody is here" not in web.log


def test_without_a_level_a_warning_is_still_shown(dyno):
    web = dyno("logs/broken-level")
    replace_in_file(web.app / "app.py", "logger.info", "logger.warning")
    with web.running():
        web.get("/")
        assert web.wait_for_log("Somebody is here")


def log_lines(laptop, block: str) -> list[str]:
    """Return the lines that the command of a block shows, without the time."""
    command = (SNIPPETS / "logs" / block).read_text("utf-8")
    assert laptop.run(command.replace(" --tail", "")) == 0, laptop.terminals[-1].log
    return re.findall(r"^\S+ ((?:app|heroku)\[.+)$", laptop.terminals[-1].log, re.MULTILINE)


def test_the_log_has_the_lines_of_each_process_and_of_the_router_and_each_can_be_had_alone(deployed, laptop):
    app = deployed("procfile")
    laptop.run_snippet("procfile/scale.bash")
    app.wait_for_boots()
    assert app.dynos["worker"].wait_for_log()
    requests.get(app.router.url, timeout=60)
    for block, names in {
        "past.bash": {"app[release.1]", "app[web.1]", "app[worker.1]", "heroku[router]"},
        "app.bash": {"app[release.1]", "app[web.1]", "app[worker.1]"},
        "worker.bash": {"app[worker.1]"},
        "dyno.bash": {"app[web.1]"},
    }.items():
        assert {line.partition(":")[0] for line in log_lines(laptop, block)} == names


def test_with_its_name_the_log_of_an_app_can_be_read_from_any_folder(deployed, laptop):
    app = deployed("procfile")
    requests.get(app.router.url, timeout=60)
    laptop.folder = laptop.folder.parent
    assert laptop.run("heroku logs") != 0
    assert {"app[web.1]", "heroku[router]"} <= {line.partition(":")[0] for line in log_lines(laptop, "other.bash")}


def test_logs_shows_as_many_lines_as_asked_for_within_the_limit(heroku, laptop, facts):
    heroku.create()
    laptop.env["HEROKU_APP"] = heroku.app.name
    lines = int(facts["logs_default"]["value"].split()[0])
    for _ in range(lines + 5):
        requests.get(heroku.app.router.url, timeout=60)
    assert len(log_lines(laptop, "tail.bash")) == lines
    assert len(log_lines(laptop, "past.bash")) == lines + 5
    kept = facts["log_lines"]["value"].split()[0].replace(",", "")
    assert (SNIPPETS / "logs/past.bash").read_text("utf-8").split()[-1] == kept


def test_logs_tail_shows_each_new_line(heroku, laptop):
    heroku.create()
    laptop.env["HEROKU_APP"] = heroku.app.name
    laptop.run((SNIPPETS / "logs" / "tail.bash").read_text("utf-8"))
    requests.get(f"{heroku.app.router.url}/later", timeout=60)
    assert laptop.wait_for_line(
        'heroku[router]: at=error code=H14 desc="No web processes running" method=GET path="/later"'
    )


def test_a_line_of_the_router_has_its_code_and_what_the_visitor_got(dyno, expected_lines):
    with dyno("logs/broken-no-web") as web:
        web.boot()
        assert web.get("/").status_code == 503
        assert has_lines(web.router.log[-1], expected_lines("logs/broken-no-web"))
        assert web.router.log[-1].endswith("status=503")
