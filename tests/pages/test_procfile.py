"""docs/reference/procfile.md: every claim the page makes, proved."""

import pytest

from handbook.fake_heroku import procfile
from handbook.fake_heroku.buildpack import build
from handbook.fake_heroku.dyno import copy_app
from handbook.fake_heroku.process import eventually, has_lines
from handbook.paths import SNIPPETS


@pytest.mark.parametrize("name", ["procfile/broken-no-space", "procfile/broken-name", "procfile/broken-txt"])
def test_a_procfile_that_heroku_does_not_read_gives_no_process_and_no_error(name, dyno, expected_lines):
    with dyno(name) as web:
        assert has_lines("\n".join(web.build.log), expected_lines(name))
        assert web.boot() == "H14"
        assert web.get("/").status_code == 503
        assert 'desc="No web processes running"' in web.router.log[-1]


@pytest.mark.parametrize(
    ("name", "file", "wrong", "right"),
    [("procfile/broken-no-space", "Procfile", ":", ": "), ("procfile/broken-name", "procfile", "", "")],
)
def test_space_or_capital_p_makes_the_procfile_valid(name, file, wrong, right, tmp_path):
    app = copy_app(name, tmp_path)
    line = (app / file).read_text().replace(wrong, right, 1)
    (app / "Procfile").write_text(line)
    assert build(app).processes == {"web": "gunicorn app:app"}


def test_git_mv_gives_the_procfile_its_name(laptop):
    app = copy_app("procfile/broken-txt", laptop.folder)
    assert laptop.run("git init --quiet && git add --all && git mv Procfile.txt Procfile") == 0
    assert build(app).processes == {"web": "gunicorn app:app"}


def test_each_line_is_a_process_type_and_its_command(tmp_path):
    declared = build(copy_app("procfile", tmp_path)).processes
    assert list(declared) == ["release", "web", "worker"]


def test_only_web_is_given_requests(dyno):
    with dyno("procfile", process="worker") as worker:
        assert worker.wait_for_log("Waiting for work")
        assert not worker.addresses()


def test_a_worker_that_handles_sigterm_says_goodbye(dyno):
    with dyno("procfile", process="worker") as worker:
        assert worker.wait_for_log("Waiting for work")
        assert worker.stop() == "gone"
        assert "Goodbye" in worker.log


@pytest.mark.parametrize(
    ("line", "advice"),
    [
        ("web gunicorn app:app", 'has no colon after the process type: write "web: gunicorn app:app".'),
        ("web:gunicorn app:app", 'has no space after the colon: write "web: gunicorn app:app".'),
        ("web:", 'has no command: write "web: gunicorn app:app", or delete the line.'),
    ],
)
def test_a_wrong_line_is_refused_with_what_to_write(line, advice):
    assert procfile.find_problem(line).endswith(advice)


def test_the_shell_of_the_dyno_expands_variables(dyno):
    with dyno("procfile", command="echo port=$PORT") as web:
        assert web.wait_for_log(f"port={web.port}")


def test_a_worker_starts_when_it_is_scaled(deployed, laptop):
    app = deployed("procfile")
    assert set(app.dynos) == {"web"}
    assert laptop.run((SNIPPETS / "procfile" / "scale.bash").read_text()) == 0
    assert app.formation == {"web": 1, "worker": 1}
    assert app.dynos["worker"].wait_for_log("Waiting for work")


@pytest.mark.parametrize("workers", ["1", "2"])
def test_uvicorn_starts_as_many_workers_as_web_concurrency_says(workers, dyno):
    with dyno("procfile/form-fastapi", config={"WEB_CONCURRENCY": workers}).running() as web:
        assert eventually(lambda: web.log.count("Started server process") == int(workers)), web.log


def test_without_a_host_uvicorn_cannot_be_reached_from_outside(dyno):
    with dyno("procfile/form-fastapi", command="WEB_CONCURRENCY=1 uvicorn app:app --port $PORT") as web:
        assert web.boot(elsewhere=1) == "R10", web.log
        assert web.addresses() == {("127.0.0.1", web.port)}
