"""docs/guides/subfolder.md: every claim the page makes, proved. tests/test_walkthroughs.py follows it as a whole."""

import pytest
import requests

from handbook.fake_heroku import buildpack
from handbook.fake_heroku.buildpack import BuildFailed
from handbook.fake_heroku.dyno import Dyno, copy_app
from handbook.reader.laptop import read_script

OWN_FILES = {"Procfile": "web: gunicorn app:app\n", ".python-version": "3.14\n"}


def test_with_chdir_the_app_finds_the_module_beside_it(dyno):
    with dyno("subfolder").running() as web:
        assert web.get("/").text == "Hello"


@pytest.mark.parametrize(("line", "name"), [("app:app", "app"), ("backend.app:app", "words")])
def test_without_chdir_a_module_is_missing(dyno, line, name):
    with dyno("subfolder", command=f"gunicorn {line}") as web:
        assert web.boot() == "H10"
        assert f"ModuleNotFoundError: No module named '{name}'" in web.log


def test_a_list_in_the_subfolder_alone_is_not_found(tmp_path):
    app = copy_app("subfolder", tmp_path)
    for name in ("requirements.txt", ".python-version"):
        (app / name).unlink()
    with pytest.raises(BuildFailed, match=r"No default language could be detected for this app\."):
        buildpack.build(app)


def test_a_command_enters_the_folder_first(tmp_path):
    """«heroku run "cd backend && flask shell"»"""
    app = copy_app("subfolder", tmp_path / "app")
    build = buildpack.build(app)
    with Dyno(app, build, tmp_path / "log.txt", "run", command="cd backend && flask routes") as run:
        assert run.wait(60) == 0, run.log
        assert "index" in run.log


@pytest.fixture
def repository(laptop):
    """Return the laptop with a repository whose folder backend is a complete app."""
    copy_app("subfolder", laptop.folder)
    for name, text in OWN_FILES.items():
        (laptop.folder / "backend" / name).write_text(text)
    laptop.git("init", "--quiet", "--initial-branch=main")
    laptop.git("add", "--all")
    laptop.git("commit", "--quiet", "--message", "Everything")
    return laptop


def test_the_folder_alone_is_pushed_built_and_started(repository, heroku):
    assert repository.run("heroku create") == 0
    assert repository.run(read_script("subfolder/form-subtree/push.bash")) == 0, repository.terminals[-1].log
    heroku.wait_for_boots()
    assert heroku.app.slug.build.processes == {"web": "gunicorn app:app"}
    assert not (heroku.app.slug.app / "backend").exists()
    assert requests.get(heroku.app.router.url, timeout=60).text == "Hello"


def test_after_the_whole_repository_the_folder_alone_is_refused_until_it_is_forced(repository, heroku):
    assert repository.run("heroku create && git push --quiet heroku main") == 0, repository.terminals[-1].log
    assert repository.run(read_script("subfolder/form-subtree/push.bash")) != 0
    assert "(non-fast-forward)" in repository.terminals[-1].log
    assert repository.run(read_script("subfolder/form-subtree/force.bash")) == 0, repository.terminals[-1].log
    heroku.wait_for_boots()
    assert heroku.app.slug.build.processes == {"web": "gunicorn app:app"}


def test_a_folder_that_is_not_committed_has_nothing_to_push(repository):
    (repository.folder / "another").mkdir()
    assert repository.run("git subtree push --prefix another heroku main") != 0
    assert "fatal: no new revisions were found" in repository.terminals[-1].log


def test_git_without_the_package_of_subtree_says_so(repository, tmp_path):
    assert repository.run(f"GIT_EXEC_PATH={tmp_path} git subtree push --prefix backend heroku main") != 0
    assert "git: 'subtree' is not a git command" in repository.terminals[-1].log
