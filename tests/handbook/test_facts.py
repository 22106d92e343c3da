"""docs/facts.toml and `make check-facts`: an invalid fact is reported with its line, and a newer release is noticed.

A server on loopback stands in for GitHub, endoflife.date and the package indexes; pip and npm are real and ask it.
"""

import datetime
import json
import os
import re
import socket
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import requests

from handbook import facts, requirements
from handbook.checks import facts as facts_check
from handbook.checks import run_check, watch
from handbook.paths import ROOT
from tests.conftest import data_error, replace_in_file, write_files

GOOD = """\
[boot]
value = "60 seconds"
about = "how long"
source = "https://example.com/boot"
seen = "v2 of 2026-01-31"
checked = 2026-02-01
watch = "github-release heroku/buildpack"
"""
CHECKED = datetime.date(2026, 2, 1)
CYCLES = [
    {"cycle": "3.15", "latest": "3.15.2", "eol": "9999-10-31", "support": "9999-10-01"},
    {"cycle": "3.14", "latest": "3.14.10", "eol": "9998-10-31", "support": "2001-10-01"},
    {"cycle": "3.9", "latest": "3.9.25", "eol": "2001-10-31", "support": "2001-01-01"},
]


@pytest.fixture
def project(tmp_path) -> Path:
    """Return a small project without an invalid fact or an outdated version."""
    files = {
        "docs/facts.toml": GOOD,
        "docs/guides/boot.md": "It boots within {{ boot }}.\n",
        "docs/guides/other.md": "Nothing.\n",
        "docs/about/changes.toml": f'[first]\ndate = {CHECKED}\nkind = "new"\nwhat = "x"\npage = "guides/boot"\n',
        "snippets/boot/requirements.txt": "Flask==3.1.3\n",
        "snippets/boot/broken-old/requirements.txt": "Flask==1.0\n",
        "requirements.in": "docutils<0.23  # the newest that furo takes\n",
        "requirements.txt": "docutils==0.22.4\n",
        "package.json": '{\n  "devDependencies": {\n    "heroku": "11.10.0"\n  }\n}\n',
    }
    return write_files(tmp_path, files)


@pytest.fixture
def source_responses(monkeypatch):
    """Yield the responses of that server, {path: (status, JSON or text)}, which a test may change."""
    answers = {
        "/repos/heroku/buildpack/releases/latest": (200, {"tag_name": "v2"}),
        "/python.json": (200, CYCLES),
        "/simple/flask/": (200, index("flask", "1.0", "3.1.3")),
        "/simple/docutils/": (200, index("docutils", "0.22.4", "0.23")),
        "/heroku": (200, npm("11.10.0")),
    }

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            status, content = answers.get(self.path, (404, "Not found"))
            body = (content if isinstance(content, str) else json.dumps(content)).encode()
            self.send_response(status)
            html = self.path.startswith("/simple/")
            self.send_header("Content-Type", "text/html" if html else "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        point_at(monkeypatch, f"http://127.0.0.1:{server.server_port}")
        # uv would request the files of the packages, which this server does not have.
        monkeypatch.setattr(
            requirements, "compile_requirements", lambda root: (root / "requirements.txt").read_text("utf-8")
        )
        yield answers
        server.shutdown()


def point_at(monkeypatch, url: str) -> None:
    """Send the requests of watch.py, pip, uv and npm to one address, without a proxy or a token."""
    for name in [name for name in os.environ if name.upper().startswith(("PIP_", "UV_", "NPM_CONFIG_"))]:
        monkeypatch.delenv(name)
    for name in (*[f"{kind}_proxy" for kind in ("http", "https", "all")], "GITHUB_TOKEN"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv(watch.GITHUB, url)
    monkeypatch.setenv(watch.ENDOFLIFE, url)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", f"{url}/simple")
    monkeypatch.setenv("UV_DEFAULT_INDEX", f"{url}/simple")
    monkeypatch.setenv("npm_config_registry", url)


def index(name: str, *pins: str) -> str:
    """Return a page of a package index, as pip reads it."""
    files = [f"{name}-{pin}-py3-none-any.whl" for pin in pins]
    return "<!DOCTYPE html><html><body>" + "".join(f'<a href="/{file}">{file}</a>' for file in files) + "</body></html>"


def npm(version: str) -> dict:
    return {"name": "heroku", "dist-tags": {"latest": version}, "versions": {version: {"version": version}}}


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ('seen = "v2 of 2026-01-31"\n', "", 1, 'boot has no seen: write seen = "…".'),
        ("checked = 2026-02-01\n", "", 1, "boot has no checked: write checked = 2026-01-31, without quotes."),
        ("2026-02-01", '"2026-02-01"', 6, "boot: checked is not as it should be: write checked = 2026-01-31"),
        ("2026-02-01", "2026-02-01T10:00:00", 6, "boot: checked is not as it should be"),
        ('"60 seconds"', "60", 2, 'boot: value is not as it should be: write value = "…".'),
        ('"60 seconds"', '" "', 2, "boot: value is not as it should be"),
        (
            "https://example.com/boot",
            "example.com",
            4,
            'boot: source is not as it should be: write source = "https://…".',
        ),
        ("seen =", "sene =", 5, "boot: sene is no part of a fact: correct its name, or delete it."),
        ("github-release", "gitlab-release", 7, "boot: watch is not as it should be"),
        (
            "github-release heroku/buildpack",
            "x",
            7,
            "boot: watch is not as it should be: write watch = "
            + ", ".join(['"github-release OWNER/REPOSITORY"', '"npm PACKAGE"', '"endoflife-latest PRODUCT"'])
            + ' or "endoflife-cycles PRODUCT".',
        ),
        ("[boot]\n", "", 1, "value is not a fact: write [value] on a line"),
        ("[boot]", '["boot it"]', 1, "boot it: a page writes it in {{ }}"),
        ('"60 seconds"', '"60 seconds', 2, "this is not TOML"),
        ('"60 seconds"', "", 2, "this is not TOML"),
    ],
)
def test_invalid_fact_is_reported_with_its_line_by_check_and_build(project, old, new, line, message):
    replace_in_file(project / "docs/facts.toml", old, new)
    assert any(
        str(finding).startswith(f"docs/facts.toml:{line}: {message}")
        for finding in run_check(facts_check.check_facts, project)
    )
    assert re.match(r"docs/facts.toml:\d+: ", data_error(facts.load_facts, project))


def test_valid_facts_have_no_finding(project):
    assert not list(run_check(facts_check.check_facts, project))


def test_make_check_prints_the_line_and_no_traceback(project):
    replace_in_file(project / "docs/facts.toml", 'seen = "v2 of 2026-01-31"\n', "")
    program = "import sys; from pathlib import Path; from handbook.checks import __main__ as check;"
    program += f" check.ROOT = Path({str(project)!r}); sys.exit(check.main(sys.argv[1:]))"
    for option in ([], ["--sources"]):
        ran = subprocess.run([sys.executable, "-c", program, *option], capture_output=True, text=True)
        assert (ran.returncode, ran.stderr) == (1, "")
        assert ran.stdout == 'docs/facts.toml:1: boot has no seen: write seen = "…".\n1 problem\n'


def test_unchanged_sources_yield_no_findings(project, source_responses):
    report = watch.find_updates(project)
    assert report.updates == []
    assert report.notes == ["Held back: docutils<0.23, newest 0.23: the newest that furo takes"]


def test_new_release_of_a_source_is_a_finding_with_the_pages_that_print_it(project, source_responses):
    source_responses["/repos/heroku/buildpack/releases/latest"] = (200, {"tag_name": "v10"})
    (moved,) = watch.find_updates(project, [watch.compare_facts]).updates
    advice = (
        "boot: v2 → v10 (github-release heroku/buildpack): read https://example.com/boot again, then correct `value`, "
    )
    assert str(moved) == f"docs/facts.toml:5: {advice}`seen` and `checked`. Printed on: guides/boot, reference/limits."


def test_older_release_of_a_source_is_no_finding(project, source_responses):
    source_responses["/repos/heroku/buildpack/releases/latest"] = (200, {"tag_name": "v1"})
    assert watch.find_updates(project, [watch.compare_facts]).updates == []


@pytest.mark.parametrize(
    ("value", "now"),
    [
        ("3.14.10 and 3.15.2", None),
        ("3.14.9 and 3.15.2", "3.14.9, 3.15.2 → 3.14.10, 3.15.2"),  # a new patch release
        ("3.14.10", "3.14.10 → 3.14.10, 3.15.2"),  # a new minor version
        ("3.9.25, 3.14.10 and 3.15.2", "3.9.25, 3.14.10, 3.15.2 → 3.14.10, 3.15.2"),  # 3.9 is past its end of life
    ],
)
def test_python_versions_are_compared_with_the_supported_ones(project, source_responses, value, now):
    replace_in_file(project / "docs/facts.toml", "60 seconds", value)
    replace_in_file(project / "docs/facts.toml", "github-release heroku/buildpack", "endoflife-latest python")
    moved = watch.find_updates(project, [watch.compare_facts]).updates
    assert [now in finding.advice for finding in moved] == ([True] if now else [])


def test_version_that_cannot_be_ordered_is_not_supported(project, source_responses):
    replace_in_file(project / "docs/facts.toml", "60 seconds", "3.14 and 3.15")
    replace_in_file(project / "docs/facts.toml", "github-release heroku/buildpack", "endoflife-cycles python")
    assert [
        "3.14, 3.15 → 3.15 " in finding.advice for finding in watch.find_updates(project, [watch.compare_facts]).updates
    ] == [True]


def test_outdated_snippet_pin_is_a_finding_and_one_of_a_broken_variant_is_not(project, source_responses):
    source_responses["/simple/flask/"] = (200, index("flask", "1.0", "3.1.3", "3.2.0"))
    replace_in_file(project / "docs/guides/boot.md", "It boots", "Flask {{ flask_version }} boots")
    (moved,) = watch.find_updates(project, [watch.compare_snippet_pins]).updates
    message = "Flask 3.1.3 → 3.2.0: raise the pin here, then `make test`. Printed on: guides/boot, reference/versions."
    assert str(moved) == f"snippets/boot/requirements.txt:1: {message}"


def test_outdated_pin_with_a_reason_is_a_note(project, source_responses):
    replace_in_file(project / "snippets/boot/requirements.txt", "Flask==3.1.3", "Flask==1.0  # the last with X")
    report = watch.find_updates(project, [watch.compare_snippet_pins])
    assert report.updates == []
    assert "Held back: Flask 1.0, newest 3.1.3: the last with X" in report.notes


def test_bound_without_a_reason_is_a_finding(project, source_responses):
    replace_in_file(project / "requirements.in", "  # the newest that furo takes", "")
    (moved,) = watch.find_updates(project, [watch.compare_tool_pins]).updates
    assert str(moved).startswith("requirements.in:1: docutils<0.23 holds back 0.23: write the reason")


def test_outdated_requirements_txt_is_a_finding(project, source_responses, monkeypatch):
    monkeypatch.setattr(requirements, "compile_requirements", lambda _root: "docutils==0.22.5\n")
    (moved,) = watch.find_updates(project, [watch.compare_tool_pins]).updates
    message = "docutils==0.22.4 → docutils==0.22.5: run `make requirements`. Printed on: reference/versions."
    assert str(moved) == f"requirements.txt:1: {message}"


def test_uv_that_does_not_end_is_a_note(project, monkeypatch):
    def go_on(_root):
        raise TimeoutError("this has not ended after 3600 seconds.")

    monkeypatch.setattr(requirements, "compile_requirements", go_on)
    (note,) = watch.find_updates(project, [watch.compare_tool_pins]).notes
    assert note == "Not known today: uv: this has not ended after 3600 seconds."


def test_new_version_of_the_cli_is_a_finding(project, source_responses):
    source_responses["/heroku"] = (200, npm("11.11.0"))
    (moved,) = watch.find_updates(project, [watch.compare_npm_pins]).updates
    assert str(moved).startswith("package.json:3: heroku 11.10.0 → 11.11.0: `npm install")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ((403, {"message": "API rate limit exceeded"}), "takes no more questions for now: try again in an hour"),
        ((429, ""), "takes no more questions for now"),
        ((404, {}), "answers 404. If it still does tomorrow, correct `watch`"),
        ((500, "oh"), "answers 500"),
        ((200, "<html>"), "answers something that is not JSON."),
        ((200, []), "has no version: correct `watch`"),
        ((200, {"tag_name": None}), "has no version: correct `watch`"),
        ((200, {"tag_name": "latest"}), "has no version: correct `watch`"),
    ],
)
def test_unusable_answer_is_a_note(project, source_responses, answer, message):
    source_responses["/repos/heroku/buildpack/releases/latest"] = answer
    report = watch.find_updates(project, [watch.compare_facts])
    assert report.updates == []
    assert [message in note for note in report.notes if note.startswith("Not known today: ")] == [True]


def test_after_an_unusable_answer_the_other_sources_are_still_asked(project, source_responses):
    source_responses["/repos/heroku/buildpack/releases/latest"] = (500, "oh")
    source_responses["/heroku"] = (200, npm("11.11.0"))
    report = watch.find_updates(project)
    assert [finding.path for finding in report.updates] == ["package.json"]
    assert ["answers 500" in note for note in report.notes if note.startswith("Not known today: ")] == [True]


@pytest.mark.parametrize(
    "answer",
    [
        {},
        [1],
        [{"latest": "3.15.2"}],
        [{"cycle": "3.15", "eol": False}],
        [{"cycle": "3.15", "latest": None, "eol": False}],
        [{"cycle": "3.15", "latest": "newest", "eol": False}],
    ],
)
def test_list_in_an_unknown_format_is_a_note(project, source_responses, answer):
    replace_in_file(project / "docs/facts.toml", "github-release heroku/buildpack", "endoflife-latest python")
    source_responses["/python.json"] = (200, answer)
    advice = "correct handbook/checks/watch.py."
    assert (
        f"Not known today: endoflife.date's list of python has a new format: {advice}"
        in watch.find_updates(project, [watch.compare_facts]).notes
    )


def test_name_of_a_cycle_that_is_no_version_is_a_note(project, source_responses):
    replace_in_file(project / "docs/facts.toml", "github-release heroku/buildpack", "endoflife-cycles python")
    source_responses["/python.json"] = (200, [{"cycle": "heroku-24", "latest": "24.1", "eol": False}])
    (note,) = watch.find_updates(project, [watch.compare_facts]).notes
    assert note.startswith("Not known today: endoflife.date's list of python has a new format")


@pytest.mark.parametrize("printed", ["latest", '{"version": "1.0"}', "[]"])
def test_what_npm_and_pip_print_and_no_program_understands_is_a_note(project, monkeypatch, printed):
    monkeypatch.setattr(watch, "run_client", lambda *_arguments: printed)
    replace_in_file(project / "docs/facts.toml", "github-release heroku/buildpack", "npm heroku")
    comparisons = [watch.compare_facts, watch.compare_npm_pins, watch.compare_snippet_pins]
    report = watch.find_updates(project, comparisons)
    assert report.updates == []
    unread = "Not known today: handbook/checks/watch.py cannot read what"
    assert report.notes == [f"{unread} npm prints about heroku.", f"{unread} pip prints about Flask."]


def test_answer_that_breaks_off_is_a_note(project, source_responses, monkeypatch):
    def break_off(*_arguments, **_options):
        raise requests.exceptions.ChunkedEncodingError

    monkeypatch.setattr(watch.requests, "get", break_off)
    (note,) = watch.find_updates(project, [watch.compare_facts]).notes
    assert re.fullmatch(r"Not known today: 127\.0\.0\.1:\d+ gives no whole answer: ChunkedEncodingError\.", note)


def test_deleted_package_is_a_note(project, source_responses):
    del source_responses["/simple/flask/"], source_responses["/heroku"]
    notes = "\n".join(watch.find_updates(project).notes)
    assert "pip knows nothing about Flask: " in notes
    assert "npm knows nothing about heroku: " in notes


@pytest.fixture
def no_internet(monkeypatch):
    """Send all requests to an address on which nothing listens."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # bound, not listening: it refuses connections, and stays taken
        point_at(monkeypatch, f"http://127.0.0.1:{closed.getsockname()[1]}")
        yield


@pytest.mark.parametrize(("days", "status"), [(180, 0), (181, 1)])
def test_without_internet_only_the_dates_are_checked(project, no_internet, monkeypatch, capsys, days, status):
    monkeypatch.setattr(facts_check, "ROOT", project)
    assert facts_check.main(CHECKED + datetime.timedelta(days=days)) == status
    shown = capsys.readouterr().out
    assert shown.count("No connection to the internet: only the dates were checked, not the versions.") == 1
    assert ("docs/facts.toml:6: boot was looked at 181 days ago" in shown) is bool(status)
    assert "Not known today" not in shown


def test_moved_fact_makes_check_facts_exit_with_1(project, source_responses, monkeypatch):
    monkeypatch.setattr(facts_check, "ROOT", project)
    assert facts_check.main(CHECKED) == 0
    source_responses["/repos/heroku/buildpack/releases/latest"] = (200, {"tag_name": "v3"})
    assert facts_check.main(CHECKED) == 1


def test_a_release_is_watched_by_one_fact_so_its_next_one_is_one_finding():
    """Facts that were read in an older release of a source stay true until somebody reads otherwise."""
    watched = [fact["watch"] for fact in facts.load_facts(ROOT).values() if "watch" in fact]
    assert watched
    assert len(watched) == len(set(watched))


def test_check_date_in_the_future_is_a_finding(project):
    replace_in_file(project / "docs/facts.toml", "2026-02-01", "9999-01-01")
    assert [
        "a day in the future: correct it." in finding.advice for finding in facts_check.check_age(project, CHECKED)
    ] == [True]


@pytest.mark.parametrize(("days", "status"), [(1, 0), (2, 1)])
def test_change_for_readers_may_be_dated_tomorrow_and_not_later(project, source_responses, monkeypatch, days, status):
    monkeypatch.setattr(facts_check, "ROOT", project)
    future = CHECKED + datetime.timedelta(days=days)
    replace_in_file(project / "docs/about/changes.toml", f"date = {CHECKED}", f"date = {future}")
    assert facts_check.main(CHECKED) == status
    found = [str(finding) for finding in facts_check.check_change_dates(project, CHECKED)]
    advice = f"docs/about/changes.toml:2: first has `date = {future}`, a day in the future: correct it."
    assert found == [advice] * status
