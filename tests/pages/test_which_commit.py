"""docs/guides/which-commit.md: every claim the page makes, proved with the real Git."""

import subprocess
import tarfile
from io import BytesIO

import pytest
import requests

from handbook.fake_heroku.dyno import copy_app
from tests.conftest import replace_in_file
from tests.recognition import find_first_entry

COMMIT = "git add --all && git commit --quiet --message 'An app'"


def fetch_front_page(app) -> str:
    app.wait_for_boots()
    return requests.get(app.router.url, timeout=60).text


def test_what_is_not_committed_is_not_built_and_git_status_lists_it(laptop, deployed):
    app = deployed("which-commit")
    replace_in_file(laptop.folder / "app.py", "Hello", "Changed")
    assert laptop.run("git push heroku main") == 0
    assert "Everything up-to-date" in laptop.terminals[-1].log
    assert fetch_front_page(app) == "Hello"
    assert laptop.run_snippet("which-commit/status.bash") == " M app.py\n"
    laptop.run_snippet("which-commit/commit.bash")
    assert laptop.run_snippet("which-commit/status.bash") == ""
    assert laptop.run("git push heroku main") == 0
    assert fetch_front_page(app) == "Changed"


def test_from_another_branch_head_is_pushed_and_main_is_not(laptop, deployed):
    app = deployed("which-commit")
    laptop.git("checkout", "--quiet", "-b", "colors")
    replace_in_file(laptop.folder / "app.py", "Hello", "Changed")
    laptop.run_snippet("which-commit/commit.bash")
    assert laptop.run("git push heroku main") == 0
    assert "Everything up-to-date" in laptop.terminals[-1].log
    assert fetch_front_page(app) == "Hello"
    laptop.run_snippet("which-commit/push.bash")
    assert fetch_front_page(app) == "Changed"


def test_a_push_to_another_name_succeeds_and_builds_nothing(laptop, deployed):
    app = deployed("which-commit")
    replace_in_file(laptop.folder / "app.py", "Hello", "Changed")
    laptop.run_snippet("which-commit/commit.bash")
    assert laptop.run("git push heroku HEAD:colors") == 0
    log = laptop.terminals[-1].log
    assert "Pushed to branch other than [main, master], skipping build." in log
    assert find_first_entry(log).id == "pushed-to-another-branch"
    assert fetch_front_page(app) == "Hello"
    assert laptop.run("git push heroku :main") != 0
    assert "Push rejected, cannot delete main branch" in laptop.terminals[-1].log


def test_a_forced_push_replaces_the_commits_of_heroku(laptop, deployed):
    app = deployed("which-commit")
    replace_in_file(laptop.folder / "app.py", "Hello", "Changed")
    laptop.git("commit", "--quiet", "--all", "--amend", "--message", "Another app")
    assert laptop.run("git push heroku HEAD:main") != 0
    assert "(non-fast-forward)" in laptop.terminals[-1].log
    assert laptop.run("git push --force heroku HEAD:main") == 0
    assert fetch_front_page(app) == "Changed"


def test_the_newest_release_names_the_commit(laptop, deployed):
    deployed("which-commit")
    laptop.git("commit", "--quiet", "--allow-empty", "--message", "The newest")
    assert laptop.run("git push heroku main") == 0
    first, *releases = laptop.run_snippet("which-commit/check.bash").splitlines()
    commit, _space, subject = first.partition(" ")
    assert subject == "The newest"
    newest = next(line for line in releases if "Deploy" in line)
    assert f"Deploy {commit}" in newest
    assert "An app" not in "\n".join(releases)


@pytest.fixture
def push_variant(laptop, heroku, expected_lines):
    """Return push_variant("which-commit/broken-…"): commit the variant and push it, which shows its message."""

    def push(name: str) -> None:
        copy_app(name, laptop.folder)
        laptop.run(f"git init --quiet --initial-branch=main && heroku create && {COMMIT}")
        laptop.run("git push heroku main")
        assert expected_lines(name)[0] in laptop.terminals[-1].log

    return push


def test_an_ignored_list_is_not_pushed_and_git_names_the_line(laptop, heroku, push_variant):
    push_variant("which-commit/broken-ignored")
    assert "requirements.txt" not in laptop.run_snippet("which-commit/files.bash").split()
    assert laptop.run_snippet("which-commit/broken-ignored/ignored.bash").split() == [
        ".gitignore:1:requirements.txt",
        "requirements.txt",
    ]
    assert laptop.run("git add --force requirements.txt && git commit --quiet --message List") == 0
    assert "requirements.txt" in laptop.run_snippet("which-commit/files.bash").split()
    assert laptop.run("git push heroku main") == 0
    assert fetch_front_page(heroku.app) == "Hello"


def test_a_small_letter_is_renamed_by_git(laptop, heroku, push_variant):
    push_variant("which-commit/broken-capital")
    laptop.run_snippet("which-commit/broken-capital/rename.bash")
    assert laptop.run("git commit --quiet --message Name && git push heroku main") == 0
    assert fetch_front_page(heroku.app) == "Hello"


def test_a_commit_holds_no_empty_folder(laptop):
    (laptop.folder / "uploads").mkdir()
    assert laptop.run(f"git init --quiet && touch app.py && {COMMIT}") == 0
    assert laptop.run_snippet("which-commit/files.bash") == "app.py\n"
    (laptop.folder / "uploads/.gitkeep").touch()
    assert laptop.run(COMMIT) == 0
    assert laptop.run_snippet("which-commit/files.bash").split() == ["app.py", "uploads/.gitkeep"]


def test_a_commit_holds_the_address_of_a_submodule_and_not_its_files(laptop):
    there = laptop.folder.parent / "library"
    made = f"git init --quiet {there} && cd {there} && touch library.py && {COMMIT}"
    here = f"cd {laptop.folder} && git init --quiet && git -c protocol.file.allow=always submodule add {there} library"
    assert laptop.run(f"{made} && {here} && {COMMIT}") == 0
    assert (laptop.folder / "library/library.py").is_file()
    archive = subprocess.run(["git", "archive", "HEAD"], cwd=laptop.folder, capture_output=True, check=True).stdout
    with tarfile.open(fileobj=BytesIO(archive)) as files:
        assert set(files.getnames()) == {".gitmodules", "library"}
