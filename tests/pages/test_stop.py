"""docs/guides/stop.md: every claim the page makes, proved."""

import requests

from handbook.paths import SNIPPETS
from handbook.reader.laptop import read_script


def test_scaled_to_nothing_visitors_get_h14_and_everything_else_stays(deployed, laptop):
    app = deployed("procfile")
    laptop.run_snippet("procfile/scale.bash")
    laptop.run_snippet("stop/scale.console")
    assert not app.dynos
    answer = requests.get(app.router.url, timeout=60)
    assert answer.status_code == 503
    assert "Application error" in answer.text
    assert "code=H14" in app.router.log[-1]
    assert app.name
    laptop.run("heroku ps:scale web=1")
    app.wait_for_boots()
    assert requests.get(app.router.url, timeout=60).text == "Hello"


def test_a_process_type_that_is_not_there_is_named(heroku, laptop):
    heroku.create()
    heroku.app.formation = {"web": 1}
    laptop.env["HEROKU_APP"] = heroku.app.name
    assert laptop.run(read_script("stop/scale.console")) != 0
    assert "Couldn't find that process type (worker)." in laptop.terminals[-1].log


def test_a_deleted_app_is_in_the_list_no_more(heroku, laptop):
    assert laptop.run("git init --quiet && heroku create") == 0
    name = heroku.app.name
    assert name in laptop.run_snippet("stop/check.console")
    destroy = (SNIPPETS / "stop" / "destroy.bash").read_text().strip()
    assert laptop.run(f"{destroy} --confirm {name}") == 0  # instead of typing the name
    assert name not in laptop.run_snippet("stop/check.console")
