"""docs/guides/backups.md: the real CLI, psql and PostgreSQL; of Heroku's database service there is a stub."""

import psycopg
import pytest

from handbook.paths import SNIPPETS
from handbook.reader.laptop import read_script
from handbook.reader.terminal import Terminal
from tests.pages import test_database_client

TABLE = "CREATE TABLE note (id SERIAL PRIMARY KEY, text VARCHAR NOT NULL)"
heroku, psql = test_database_client.heroku, test_database_client.psql  # fixtures


def texts(heroku) -> list[str]:
    with psycopg.connect(heroku.address.geturl()) as database:
        return [text for (text,) in database.execute("SELECT text FROM note ORDER BY id")]


def test_the_backup_is_made_at_the_hour_and_in_the_zone_of_the_command(heroku, laptop):
    laptop.run_snippet("backups/schedule.bash")
    assert [(one["hour"], one["timezone"]) for one in heroku.schedules] == [("02", "Europe/Madrid")]
    assert laptop.run("heroku pg:backups:schedules") == 0, laptop.terminals[-1].log
    assert "daily at 02:00 Europe/Madrid" in laptop.terminals[-1].log


def test_the_rows_of_the_file_arrive_and_leave_again(heroku, laptop, psql):
    with psycopg.connect(heroku.address.geturl()) as database:
        database.execute(TABLE)
    (laptop.folder / "notes.csv").write_text((SNIPPETS / "backups/notes.csv").read_text("utf-8"), "utf-8")
    laptop.run_snippet("backups/import.bash")
    assert texts(heroku) == ["Buy milk", "Call Ada, then Grace"]
    laptop.run_snippet("backups/export.bash")
    exported = (laptop.folder / "all-notes.csv").read_text("utf-8")
    assert exported == 'id,text\n1,Buy milk\n2,"Call Ada, then Grace"\n'


@pytest.mark.parametrize(
    ("table", "content", "message"),
    [
        (TABLE, None, "notes.csv: No such file or directory"),
        ("SELECT 1", "text\nBuy milk\n", 'relation "note" does not exist'),
        ("CREATE TABLE note (id INTEGER NOT NULL, text VARCHAR)", "text\nBuy milk\n", 'null value in column "id"'),
        (TABLE, "text,done\nBuy milk,no\n", "extra data after last expected column"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_with_the_message_of_the_page(
    heroku, laptop, psql, table, content, message
):
    with psycopg.connect(heroku.address.geturl()) as database:
        database.execute(table)
    if content:
        (laptop.folder / "notes.csv").write_text(content, "utf-8")
    laptop.run(read_script("backups/import.bash"))
    assert message in laptop.terminals[-1].log


def test_push_fills_an_empty_database_and_refuses_another(heroku, laptop, psql, service):
    server = service("postgres")
    laptop.env |= {"PGHOST": "localhost", "PGPORT": str(server.port), "PGUSER": "postgres", "PGPASSWORD": "postgres"}
    with server.admin() as admin:
        admin.execute("DROP DATABASE IF EXISTS notes")
        admin.execute("CREATE DATABASE notes")
    with server.admin("notes") as source:
        source.execute(f"{TABLE}; INSERT INTO note (text) VALUES ('Kept')")
    # The CLI takes a database at "localhost" for one of the laptop, and would make it. The server has no TLS.
    laptop.env["PGSSLMODE"] = "disable"
    heroku.address = heroku.address._replace(netloc=heroku.address.netloc.replace("localhost", "127.0.0.1"))
    assert laptop.run(read_script("backups/push.bash")) == 0, laptop.terminals[-1].log
    assert texts(heroku) == ["Kept"]
    assert laptop.run(read_script("backups/push.bash")) != 0
    assert "Remote database is not empty." in laptop.terminals[-1].log


def test_the_upgrade_asks_for_the_name_of_the_app_and_waits_for_its_end(heroku, laptop):
    run, wait = [line for line in read_script("backups/upgrade.bash").splitlines() if "pg:upgrade" in line]
    with Terminal(run.split(), laptop.folder, laptop.env) as terminal:
        terminal.answer_prompt("To proceed, type hello-heroku", "hello-heroku\n")
        assert terminal.wait(60) == 0, terminal.log
    assert laptop.run(wait) == 0, laptop.terminals[-1].log
    assert heroku.upgrade_calls == ["run", "wait"]
