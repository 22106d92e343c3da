"""docs/guides/domains.md: what can be proved without a domain; certificates and DNS are not tested."""

import re

from tests.api import Api


def test_a_domain_that_was_added_is_in_the_list_with_its_target(heroku, laptop):
    heroku.create()
    laptop.env["HEROKU_APP"] = heroku.app.name
    assert "point to the DNS Target www-example-com.herokudns.com" in laptop.run_snippet("domains/add.console")
    shown = laptop.run_snippet("domains/list.console")
    assert re.search(r"www\.example\.com +CNAME +www-example-com\.herokudns\.com", shown)
    heroku.app.add_domain("example.com")
    assert re.search(r" example\.com +ALIAS or ANAME ", laptop.run_snippet("domains/list.console"))


class RenamingApi(Api):
    """A stub of Heroku's API for an app that is renamed. What Heroku does with the old address is not imitated."""

    def answer(self, method: str, path: list[str], body: dict) -> object:
        match method, *path:
            case "PATCH", "apps", "hello-heroku":
                return {"name": body["name"], "web_url": f"https://{body['name']}-1234567890ab.herokuapp.com/"}
            case "GET", "apps", "hello-flask":
                return {"name": "hello-flask", "git_url": "https://git.heroku.com/hello-flask.git"}
        return super().answer(method, path, body)


def test_a_renamed_app_is_pushed_to_from_this_folder_and_from_another_copy_once_it_is_told(laptop):
    """ "The command also corrects the Git remote in this folder. In any other copy of the repository, type …" """
    with RenamingApi() as heroku:
        laptop.env |= heroku.environment()
        laptop.git("init", "--quiet", "--initial-branch=main")
        laptop.git("remote", "add", "heroku", "https://git.heroku.com/hello-heroku.git")
        laptop.run_snippet("domains/rename.bash")
        assert laptop.git("remote", "get-url", "heroku").strip() == "https://git.heroku.com/hello-flask.git"
        laptop.git("remote", "set-url", "heroku", "https://git.heroku.com/hello-heroku.git")
        assert laptop.run("heroku git:remote --app hello-flask") == 0, laptop.terminals[-1].log
        assert laptop.git("remote", "get-url", "heroku").strip() == "https://git.heroku.com/hello-flask.git"
