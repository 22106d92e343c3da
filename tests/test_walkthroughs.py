"""docs/about/tested.md, "Pages are followed as a reader would": from the first step to the last.

The test reads the built page: it writes each file, runs each command in a shell and waits for each message,
in the order of the page. If a page lacks a step, the test fails at the place that needed it. A transcript is
compared with what the terminal shows now.
"""

import json
import shutil
from collections.abc import Callable, Collection
from pathlib import Path

import pytest
import requests

from handbook import snippet_comments as comments
from handbook.fake_heroku.dyno import copy_app
from handbook.paths import ROOT, SNIPPETS
from handbook.reader.page import Block, find_blocks
from handbook.reader.transcript import format_transcript, normalize, parse_transcript
from handbook.reader.walkthrough import PRACTICE, Reader, choose_language, list_followed_pages, replace_part
from handbook.sphinxext.versions import read_pins
from handbook.variants import read_needs
from tests.conftest import LANGUAGES, read_body

# What must be true of the app on Heroku after a guide, besides that it answers.
FINAL_STATE_CHECKS = {
    "your-app": lambda app: len(app.config["SECRET_KEY"]) == 64,
    "celery": lambda app: app.formation["worker"] == 1,
    "domains": lambda app: app.acm_enabled and len(app.domains) == 1,
    "settings": lambda app: len(app.config["SECRET_KEY"]) == 64,
    "websockets": lambda app: app.formation["web"] == 2 and app.features == {"http-session-affinity"},
}
GUIDES = [slug for slug, page in list_followed_pages().items() if page.startswith("guides/")]
# The app that a reader has before the first step, if it is not the guide's own.
STARTING_APPS = {
    "backups": "first-deploy",
    "containers": "first-deploy",
    "database-client": "first-deploy",
    "domains": "first-deploy",
    "python-version": "python-version/form-runtime",
    "stop": "heroku-local",
    "try": "gunicorn",
}
# Guides that begin with an app on the laptop only: without Git, and with nothing on Heroku.
LAPTOP_APPS = {"your-app": "your-app/broken-laptop"}
# Guides whose commands write requirements.txt with the newest versions of the day and with indirect dependencies.
FREEZING_GUIDES = {"old-packages"}
# {service: {a placeholder on the page: the config var that holds its value in the tests}}.
SERVICE_PLACEHOLDERS = {
    "rabbitmq": {"amqp://localhost": "CLOUDAMQP_URL"},
    "redis": {"redis://localhost": "REDIS_URL"},
    "smtp": {
        "smtp.example.com": "MAIL_SERVER",
        "587": "MAIL_PORT",
        "YOUR_LOGIN": "MAIL_USERNAME",
        "YOUR_KEY": "MAIL_PASSWORD",
    },
}
# Config vars that only the tests need: the CA that signed the certificate of their mail server.
TEST_CONFIG_VARS = ("SSL_CERT_FILE",)


def follows(*slugs: str, languages: Collection[str] = ()) -> pytest.MarkDecorator:
    """Return the parameters of a test that follows pages: slug and language. `make mutate` finds it by these.

    Each page is followed in one language only: a test below checks that the steps of the others are the same.
    """
    pairs = [(slug, language) for slug in slugs for language in languages or [choose_language(slug, LANGUAGES)]]
    return pytest.mark.parametrize(("slug", "language"), pairs)


@pytest.fixture
def reader(laptop, heroku) -> Reader:
    return Reader(laptop, heroku)


@follows("first-deploy", languages=LANGUAGES)
def test_the_first_deploy_ends_with_an_answer(reader, slug, language):
    reader.heroku.initial_config["FLASK_RUN_PORT"] = reader.substitutions["5000"]  # 5000 may be in use here
    reader.follow(language, f"tutorial/{slug}")
    assert reader.opened == "Hello"


@follows("dashboard")
def test_what_is_written_as_the_dashboard_tutorial_says_becomes_an_app(reader, slug, language):
    """The page has only files and no commands: a push of the branch stands in for the button Deploy Branch."""
    reader.follow(language, f"tutorial/{slug}")
    app = reader.heroku.create("hello-heroku")
    built = app.push(reader.laptop.folder, "main")
    assert built["accepted"], built["log"]
    assert " !     Warning" not in built["log"]
    app.wait_for_boots()
    assert requests.get(app.router.url, timeout=60).text == "Hello"


@follows("old-app")
def test_the_old_app_comes_back_one_failure_after_another(reader, slug, language):
    reader.follow(language, f"tutorial/{slug}")
    assert json.loads(reader.opened) == {"notes": []}


@pytest.fixture
def follow(reader, deployed, addon, service) -> Callable[[str, str], Reader]:
    """Return follow("gunicorn", "es"): the reader of a guide, after its last step.

    Before the first step, the app of the first tutorial is on Heroku, and the folder holds the guide's app without
    what the guide tells to write. A guide of LAPTOP_APPS begins with a folder only, and with nothing on Heroku.
    """

    def follow_guide(guide: str, language: str) -> Reader:
        page = find_blocks(language, f"guides/{guide}")
        typed = "".join(block.text for block in page if block.kind in ("command", "transcript"))
        provide_config(reader, guide, typed, addon)
        install_programs(reader, typed, service)
        if guide in LAPTOP_APPS:
            copy_app(LAPTOP_APPS[guide], reader.laptop.folder)
            reader.follow(language, f"guides/{guide}")
            return reader
        deployed("first-deploy")
        create_what_is_undone(reader, typed)
        copy_app(STARTING_APPS.get(guide, guide), reader.laptop.folder)
        for block in page:
            remove_block(reader.laptop.folder, block)
        if "flask db init" in typed:
            shutil.rmtree(reader.laptop.folder / comments.MIGRATIONS)
        reader.laptop.git("add", "--all")
        reader.laptop.git("commit", "--quiet", "--allow-empty", "--message", "What there is")
        reader.follow(language, f"guides/{guide}")
        return reader

    return follow_guide


def provide_config(reader: Reader, guide: str, typed: str, addon: Callable) -> None:
    """Set the config vars that a guide needs but does not set; replace its placeholders by the service's values."""
    for need in read_needs(ROOT, guide):
        name, is_config_var, value = need.partition("=")
        if is_config_var and name not in typed:
            reader.heroku.initial_config[name] = value
        elif need in SERVICE_PLACEHOLDERS:
            config = addon(need)
            reader.substitutions |= {
                written: config[variable] for written, variable in SERVICE_PLACEHOLDERS[need].items()
            }
            reader.heroku.initial_config |= {name: config[name] for name in TEST_CONFIG_VARS if name in config}
        elif need == "postgres" and "addons:create heroku-postgresql" not in typed:
            reader.heroku.initial_config |= addon(need)


def install_programs(reader: Reader, typed: str, service: Callable) -> None:
    """Provide the programs and databases that the commands need besides Python, git and the CLI."""
    if "uv " in typed:
        reader.laptop.add_uv()
    if "https://github.com/YOU/" in typed:
        reader.laptop.create_github_repository()
    if "make try" in typed:
        reader.laptop.add_make()
        broken = copy_app("gunicorn/broken-module", reader.laptop.folder.parent / "broken-app")
        commands = "git init --quiet --initial-branch=main && git add --all && git commit --quiet --message 'An app'"
        assert reader.laptop.run(f"(cd {broken} && {commands})") == 0
        reader.substitutions |= {f"../{app}": f"~/{app}" for app in ("my-app", "broken-app")}
    if "createdb" in typed or "pg_restore" in typed:
        server = service("postgres")
        # These programs must precede those of this machine's own PostgreSQL, which may be older than the server.
        reader.laptop.env["PATH"] = f"{server.bin}:{reader.laptop.env['PATH']}"
    if "createdb" in typed:
        for database in ("notes", "notes_copy"):
            with server.admin() as admin:
                admin.execute(f"DROP DATABASE IF EXISTS {database}")
        reader.laptop.env |= {"PGHOST": "localhost", "PGPORT": str(server.port), "PGUSER": "postgres"}
        reader.laptop.env["PGPASSWORD"] = "postgres"


def create_what_is_undone(reader: Reader, typed: str) -> None:
    """Create, before the first step, what the commands undo or read: a database, its copy, a release to roll back."""
    makes_copy = "pg:backups:download" in typed
    if "addons:destroy heroku-postgresql" in typed or ("latest.dump" in typed and not makes_copy):
        assert reader.laptop.run("heroku addons:create heroku-postgresql") == 0
    if "latest.dump" in typed and not makes_copy:
        assert reader.laptop.run("heroku pg:backups:capture && heroku pg:backups:download") == 0
    if "heroku rollback" in typed:
        (reader.laptop.folder / "README.md").write_text("What went wrong.\n")
        reader.push()


def remove_block(folder: Path, block: Block) -> None:
    """Remove from an app what a block tells to write; reset a whole file to that of the first deploy, if any."""
    path, first = folder / block.name, SNIPPETS / "first-deploy" / block.name
    if block.kind == "file" and not block.variant and path.is_file():
        if block.part:
            path.write_text(replace_part(path.read_text("utf-8"), block.part, ""), "utf-8")
        elif first.is_file():
            shutil.copy(first, path)
        else:
            path.unlink()


def strip_comment_words(name: str, text: str) -> str:
    """Return a file's text without blank lines and without the words of its comments, which are translated."""
    text = comments.translate_comments(Path(name), text, lambda _words: "")
    return "".join(line for line in text.splitlines(keepends=True) if line.strip())


@follows(*(guide for guide in GUIDES if guide != "stop"))
def test_a_guide_ends_with_its_app_and_an_answer(follow, slug, language, tmp_path):
    reader = follow(slug, language)
    reader.push()
    assert read_body(requests.get(reader.heroku.app.router.url, timeout=60)) == "Hello"
    if slug in FINAL_STATE_CHECKS:
        assert FINAL_STATE_CHECKS[slug](reader.heroku.app)
    app = slug if (SNIPPETS / slug / "Procfile").is_file() else STARTING_APPS[slug]
    written, expected = reader.laptop.folder, copy_app(app, tmp_path / "app")
    files = [path for path in expected.rglob("*") if path.is_file() and comments.MIGRATIONS not in path.parts]
    assert files
    if slug in FREEZING_GUIDES:
        files.remove(expected / "requirements.txt")
        assert read_pins(expected / "requirements.txt").keys() <= read_pins(written / "requirements.txt").keys()
    for path in files:
        now = written / path.relative_to(expected)
        assert strip_comment_words(now.name, now.read_text("utf-8")) == reader.localize(
            strip_comment_words(path.name, path.read_text("utf-8"))
        )


@follows("stop")
def test_the_guide_to_stop_ends_without_an_app(follow, slug, language):
    assert not follow(slug, language).heroku.apps


def test_a_transcript_that_was_edited_by_hand_is_noticed(reader):
    block = Block("transcript", "", "$ echo Hello; cat missing\nHello\ncat: missing: Not there\n", "the page, block 1")
    with pytest.raises(AssertionError) as failure:
        reader.transcript(block, block)
    message = str(failure.value)
    assert message.startswith("the page, block 1: the terminal shows something else. Is that right? Then: make record")
    assert "-cat: missing: Not there\n+cat: missing: No such file or directory" in message


def test_a_command_that_neither_ends_nor_listens_is_named(laptop, monkeypatch):
    monkeypatch.setattr("handbook.reader.laptop.DEFAULT_TIMEOUT", 0.1)
    with pytest.raises(TimeoutError, match="sleep 60"):
        laptop.run("sleep 60")


def test_a_recording_keeps_what_is_said_and_not_when_where_and_by_which_process():
    line = "[{}] [{}] [INFO] Booting worker with pid: {}\n"
    first = line.format("2026-11-21 09:00:00 +0000", 41, 41) + "\n[2026-11-21 09:00:01 +0000] [7] [INFO] At :40713"
    other = line.format("2027-01-01 00:00:00 +0000", 9, 9) + "[2027-01-01 00:00:02 +0000] [12] [INFO] At :51000  "
    shown = line.format("2026-01-31 12:00:00 +0000", 1, 1) + "[2026-01-31 12:00:00 +0000] [2] [INFO] At :5006\n"
    assert normalize(first, {"40713": "5006"}) == normalize(other, {"51000": "5006"}) == shown
    assert normalize(first.replace("INFO", "ERROR"), {}) != normalize(first, {})
    table = "v  created_at\n {}\nv1 2026/11/21 09:00:00 +0000 (~ {} ago)\n"
    assert normalize(table.format("─" * 42, "9s"), {}) == normalize(table.format("─" * 43, "10s"), {})
    assert format_transcript(parse_transcript("$ a\nb\n$ c\n")) == "$ a\nb\n$ c\n"


@pytest.mark.parametrize("page", [*list_followed_pages().values(), f"guides/{PRACTICE}"])
def test_each_language_has_the_same_steps(page):
    """Only the words of comments may differ, because they are translated."""

    def outline(language: str) -> list[tuple]:
        return [
            (block.kind, block.name, block.part, strip_comment_words(block.name, block.text))
            for block in find_blocks(language, page)
        ]

    assert all(outline(language) == outline("en") for language in LANGUAGES)
