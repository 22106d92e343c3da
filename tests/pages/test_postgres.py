"""docs/guides/postgres.md: every claim the page makes, proved."""

import re
import runpy
import shutil
import socket
import sqlite3
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import requests

from handbook.checks.commands import find_problem
from handbook.fake_heroku.addons.postgres import CONNECTIONS
from handbook.fake_heroku.dyno import copy_app
from handbook.fake_heroku.packages import make_lock_environment
from handbook.fake_heroku.ports import free_port
from handbook.fake_heroku.process import eventually, has_lines
from handbook.paths import ROOT, SNIPPETS
from handbook.reader.laptop import read_script
from tests import recognition
from tests.conftest import PUSH, replace_in_file, run_python


@pytest.fixture
def database_name(addon) -> str:
    """Return the name of this test's database, which is also the name of its role."""
    return addon("postgres")["DATABASE_URL"].rpartition("/")[2]


@pytest.fixture
def database(service, database_name) -> psycopg.Connection:
    """Yield a connection to this test's database, as the administrator of the server."""
    with service("postgres").admin(database_name) as connection:
        yield connection


@pytest.fixture
def open_connections(service, database_name):
    """Yield open_connections(): the number of connections that the app has open."""
    count = "SELECT count(*) FROM pg_stat_activity WHERE usename = %s"
    with service("postgres").admin() as admin:
        yield lambda: admin.execute(count, [database_name]).fetchone()[0]


@pytest.fixture
def table(database, database_name) -> None:
    """Create the table, for tests that are not about its creation."""
    database.execute(
        f"SET ROLE {database_name}; CREATE TABLE note (id SERIAL PRIMARY KEY, text VARCHAR NOT NULL); RESET ROLE"
    )


def use_as_laptop_server(laptop, server) -> None:
    """Make the server the laptop's own PostgreSQL, and drop the copy that an earlier test may have loaded."""
    laptop.env["PATH"] = f"{server.bin}:{laptop.env['PATH']}"
    # A reader whose PostgreSQL has the default port and user does not need these.
    laptop.env |= {"PGHOST": "localhost", "PGPORT": str(server.port), "PGUSER": "postgres", "PGPASSWORD": "postgres"}
    with server.admin() as admin:
        admin.execute("DROP DATABASE IF EXISTS notes_copy")


def release(dyno, app: str = "postgres"):
    """Run the release command to its end, as Heroku does before it starts the new version."""
    with dyno(app, process="release") as command:
        command.wait()
    return command


@contextmanager
def hold_requests(web, database):
    """Yield a function that sends a visitor's request; all of them wait in the database until the block ends."""
    with ThreadPoolExecutor(100) as pool, database.transaction():
        database.execute("LOCK TABLE note IN ACCESS EXCLUSIVE MODE")
        yield lambda: pool.submit(web.get, "/notes")


def repeat_until(condition, act) -> bool:
    """Call act repeatedly until the condition holds; return False if it does not within DEFAULT_TIMEOUT."""
    return eventually(lambda: condition() or act())


def test_a_note_outlives_the_dyno(dyno, table):
    with dyno("postgres").running() as web:
        assert requests.post(f"{web.router.url}/notes", data={"text": "Remember"}, timeout=60).text == "Saved"
    with dyno("postgres").running() as web:
        assert web.get("/notes").json() == ["Remember"]


def test_the_tables_that_the_release_makes_in_sqlite_are_gone_when_web_starts(dyno, expected_lines):
    assert release(dyno, "postgres/broken-sqlite").popen.returncode == 0
    with dyno("postgres/broken-sqlite").running() as web:
        assert web.get("/notes").status_code == 500
        assert expected_lines("postgres/broken-sqlite")[0] in web.log.splitlines()


def test_the_command_orders_the_plan_of_the_facts_and_a_push_then_migrates_it(
    laptop, deployed, addon, facts, expected_lines
):
    """With the real CLI and git. The next push fails to migrate, and the old version keeps running."""
    assert facts["postgres_essential_0_plan"]["value"] in (SNIPPETS / "postgres/create.bash").read_text("utf-8").split()
    app = deployed("postgres", "postgres/create.bash")
    assert app.config == addon("postgres")
    address = f"{app.router.url}/notes"
    assert requests.get(address, timeout=60).json() == []
    requests.post(address, data={"text": "Old"}, timeout=60)
    copy_app("postgres/broken-migration", laptop.folder)
    assert laptop.run(PUSH) == 0, laptop.terminals[-1].log
    assert [release["status"] for release in app.releases[-2:]] == ["succeeded", "failed"]
    assert any(line.endswith(f": {expected_lines('postgres/broken-migration')[0]}") for line in app.log())
    assert requests.get(address, timeout=60).json() == ["Old"]


@pytest.mark.parametrize(
    "app", ["postgres/broken-scheme", "postgres/broken-psycopg2", "postgres/broken-driver", "postgres/broken-no-url"]
)
def test_an_address_that_cannot_be_used_stops_the_boot_with_its_message(app, dyno, expected_lines):
    with dyno(app) as web:
        assert web.boot() == "H10"
        assert expected_lines(app)[0] in web.log.splitlines()
        assert web.get("/").status_code == 503


@pytest.mark.parametrize(
    ("app", "wrong", "right"),
    [
        ("postgres/broken-scheme", '"]', '"].replace("postgres://", "postgresql+psycopg://")'),
        ("postgres/broken-psycopg2", "+psycopg2", "+psycopg"),
        ("postgres/broken-driver", "postgresql:", "postgresql+psycopg2:"),
    ],
)
def test_an_address_that_names_an_installed_driver_is_the_cure(app, wrong, right, dyno, table):
    web = dyno(app)
    replace_in_file(web.app / "config.py", wrong, right)
    with web.running():
        assert web.get("/notes").json() == []


def test_the_app_gets_the_address_from_heroku_and_says_driver_and_dialect(dyno, addon):
    assert addon("postgres")["DATABASE_URL"].startswith("postgres://")
    app = dyno("postgres")
    assert run_python(app, "-c", "import config; print(config.SQLALCHEMY_DATABASE_URI)").stdout.startswith(
        "postgresql+psycopg://"
    )
    show = "from app import app, db; app.app_context().push(); print(db.engine.driver)"
    assert run_python(app, "-c", show).stdout == "psycopg\n"


def test_psycopg_asks_for_tls_by_itself(dyno):
    code = (
        "from psycopg.pq import Conninfo; print({o.keyword: o.compiled for o in Conninfo.get_defaults()}[b'sslmode'])"
    )
    assert run_python(dyno("postgres"), "-c", code).stdout == "b'prefer'\n"


def test_the_pool_has_a_connection_for_each_thread_and_the_sum_leaves_room(facts, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://")
    pool = runpy.run_path(str(SNIPPETS / "postgres/config.py"))["SQLALCHEMY_ENGINE_OPTIONS"]
    threads = runpy.run_path(str(SNIPPETS / "postgres/gunicorn.conf.py"))["threads"]
    assert pool["pool_size"] + pool["max_overflow"] == threads == 5
    processes = int(facts["web_concurrency_small"]["value"])
    assert processes * (pool["pool_size"] + pool["max_overflow"]) == 10 <= CONNECTIONS // 2
    page = (ROOT / "docs/guides/postgres.md").read_text("utf-8")
    assert "{{ web_concurrency_small }} × (5 + 0) = 10" in page


def test_a_crowd_opens_as_many_connections_as_the_sum_says_and_no_more(dyno, table, database, open_connections):
    with dyno("postgres").running() as web:
        visitors = []
        with hold_requests(web, database) as add:
            assert repeat_until(lambda: open_connections() >= 10, lambda: visitors.append(add()))
            visitors += [add() for _ in range(20)]
        assert all(visitor.result().json() == [] for visitor in visitors)
        assert open_connections() == 10


def test_the_pool_of_sqlalchemy_itself_is_five_and_ten_more(dyno):
    code = "from sqlalchemy import *; p = create_engine('postgresql+psycopg://').pool; print(p.size(), p._max_overflow)"
    assert run_python(dyno("postgres"), "-c", code).stdout == "5 10\n"


def test_five_workers_of_five_are_more_than_the_plan_allows(dyno, table, database, database_name, expected_lines):
    with dyno("postgres/broken-connections").running() as web:
        assert int(web.config["WEB_CONCURRENCY"]) * 5 == 25 > CONNECTIONS
        visitors = []
        with hold_requests(web, database) as add:
            too_many = f'{expected_lines("postgres/broken-connections")[0]} "{database_name}"'
            assert repeat_until(lambda: too_many in web.log, lambda: visitors.append(add()))
        # On a slow machine some wait for a connection until the router gives up, with H12.
        assert {visitor.result().status_code for visitor in visitors} - {503} == {200, 500}


def test_connections_are_opened_after_the_fork(dyno, table, open_connections):
    with dyno("postgres").running() as web:
        assert web.wait_for_log("Booting worker")
        assert open_connections() == 0
        assert web.get("/notes").json() == []
        assert open_connections() == 1


def test_a_query_while_the_module_is_imported_connects_before_the_fork(dyno, table, open_connections):
    web = dyno("postgres")
    with (web.app / "app.py").open("a") as source:
        source.write('\nwith app.app_context():\n    print("One", db.session.scalars(db.select(Note)).all())\n')
    with web.running():
        assert web.log.count("One []") == 1
        assert open_connections() == 1


def test_the_release_makes_the_table_before_web_starts(dyno, database):
    tables = "SELECT count(*) FROM pg_tables WHERE tablename = 'note'"
    assert database.execute(tables).fetchone() == (0,)
    assert release(dyno).popen.returncode == 0
    assert database.execute(tables).fetchone() == (1,)


def test_without_a_release_line_there_is_no_table(dyno, expected_lines):
    with dyno("postgres/broken-no-release").running() as web:
        assert "release" not in web.build.processes
        assert web.get("/notes").status_code == 500
        assert expected_lines("postgres/broken-no-release")[0] in web.log.splitlines()


def test_without_migrate_in_the_app_flask_has_no_command_db(dyno, expected_lines):
    refused = release(dyno, "postgres/broken-no-migrate")
    assert refused.popen.returncode == 2
    assert expected_lines("postgres/broken-no-migrate")[0] in refused.log.splitlines()


def test_a_failed_migration_is_taken_back_and_a_value_for_the_rows_cures_it(dyno, database):
    assert release(dyno).popen.returncode == 0
    database.execute("INSERT INTO note (text) VALUES ('Old')")
    assert release(dyno, "postgres/broken-migration").popen.returncode != 0
    assert database.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)
    new = dyno("postgres/broken-migration", process="release")
    file = new.app / "migrations/versions/0002_note_who_wrote_it.py"
    replace_in_file(file, "nullable=False", "nullable=False, server_default=''")
    with new:
        assert new.wait() == 0, new.log
    assert database.execute("SELECT text, author FROM note").fetchall() == [("Old", "")]


def test_the_commands_make_a_database_and_write_the_migrations_of_the_app(laptop, service):
    folder, server = copy_app("postgres", laptop.folder), service("postgres")
    shutil.rmtree(folder / "migrations")
    (folder / ".venv").symlink_to(make_lock_environment(folder / "requirements.txt"))
    use_as_laptop_server(laptop, server)
    laptop.git("init", "--quiet")
    commands = [(SNIPPETS / "postgres" / name).read_text("utf-8") for name in ("local.bash", "migrate.bash")]
    assert laptop.run("set -e\n" + "".join(commands)) == 0, laptop.terminals[-1].log
    assert "migrations/env.py" in laptop.git("ls-files").split()
    recorded = SNIPPETS / "postgres/migrations"
    for file in ("env.py", "alembic.ini", "script.py.mako", "README"):
        assert (folder / "migrations" / file).read_bytes() == (recorded / file).read_bytes()
    (written,), (version,) = (path.glob("versions/*.py") for path in (folder / "migrations", recorded))
    same_from = "branch_labels = None"
    assert written.read_text().partition(same_from)[2] == version.read_text().partition(same_from)[2]
    assert written.read_text().splitlines()[0] == version.read_text().splitlines()[0]
    with server.admin("notes") as made:
        assert made.execute("SELECT count(*) FROM note").fetchone() == (0,)


@pytest.mark.parametrize(("ping", "answers"), [(True, [200, 200, 200]), (False, [200, 500, 200])])
def test_when_the_database_restarts_only_an_app_without_the_ping_shows_it(ping, answers, dyno, table, service):
    web = dyno("postgres", config={"WEB_CONCURRENCY": "1"})
    if not ping:
        replace_in_file(web.app / "config.py", '"pool_pre_ping": True,')
    with web.running():
        before = web.get("/notes").status_code
        service("postgres").stop()
        service("postgres").start()
        assert [before, web.get("/notes").status_code, web.get("/notes").status_code] == answers


def test_a_script_says_which_app_it_means(dyno, table, database, expected_lines):
    broken, saved = dyno("postgres/broken-context"), "SELECT text FROM note"
    wrong = run_python(broken, "seed.py")
    assert wrong.returncode
    assert expected_lines("postgres/broken-context")[0] in wrong.stderr.splitlines()
    assert database.execute(saved).fetchall() == []
    cure = "from app import Note, app, db\n\napp.app_context().push()\n"
    replace_in_file(broken.app / "seed.py", "from app import Note, db\n", cure)
    assert run_python(broken, "seed.py").returncode == 0
    good, command = dyno("postgres"), (SNIPPETS / "postgres/seed.bash").read_text("utf-8")
    assert find_problem(ROOT, command.strip()) == ""
    subprocess.run(["bash", "-ec", command.replace("heroku run ", "")], cwd=good.app, env=good.env, check=True)
    assert database.execute(saved).fetchall() == [("The first note",)] * 2


def test_the_check_saves_a_note_that_outlives_the_process(laptop, addon, table):
    (copy_app("postgres", laptop.folder) / ".venv").symlink_to(
        make_lock_environment(laptop.folder / "requirements.txt")
    )
    laptop.env |= addon("postgres")
    port, answers = str(free_port()), []
    check = read_script("postgres/check.console").replace("5006", port)
    for _ in range(2):
        with laptop.start_snippet("postgres/start.bash", "5006", port) as gunicorn:
            assert gunicorn.wait_for_port(int(port)), gunicorn.log
            command = ["bash", "-ec", check]
            answers.append(subprocess.run(command, env=laptop.env, check=True, capture_output=True, text=True).stdout)
    assert '["Remember"]' in answers[0]
    assert '["Remember","Remember"]' in answers[1]


GROUPED = "SELECT author, text, count(*) FROM note GROUP BY author"


def test_postgresql_wants_every_column_in_group_by_and_sqlite_does_not(addon):
    """ "Name this column in `GROUP BY` too, or put it into a function such as `max()`" """
    table = "CREATE TABLE note (author VARCHAR, text VARCHAR)"
    with sqlite3.connect(":memory:") as file:
        file.execute(table)
        assert file.execute(GROUPED).fetchall() == []
    with psycopg.connect(addon("postgres")["DATABASE_URL"], autocommit=True) as database:
        database.execute(table)
        with pytest.raises(psycopg.Error, match=r'column "note\.text" must appear in the GROUP BY clause') as refused:
            database.execute(GROUPED)
        assert database.execute(f"{GROUPED}, text").fetchall() == []
        assert database.execute(GROUPED.replace(" text,", " max(text),")).fetchall() == []
    assert recognition.find_first_entry(str(refused.value)).id == "must-appear-in-the-group-by-clause"


def test_whoever_may_only_read_and_delete_is_told_of_the_table(addon, table, database, database_name):
    """As on Heroku, when a database holds more than its plan allows."""
    database.execute(f"REVOKE INSERT ON note FROM {database_name}")
    with psycopg.connect(addon("postgres")["DATABASE_URL"], autocommit=True) as visitor:
        with pytest.raises(psycopg.Error, match="permission denied for table note") as refused:
            visitor.execute("INSERT INTO note (text) VALUES ('One more')")
        assert visitor.execute("SELECT * FROM note").fetchall() == []
        visitor.execute("DELETE FROM note")
        database.execute(f"GRANT INSERT ON note TO {database_name}")
        visitor.execute("INSERT INTO note (text) VALUES ('One more')")
    assert recognition.find_first_entry(str(refused.value)).id == "permission-denied-for-table"


def test_a_backup_holds_the_rows_and_belongs_to_whoever_loads_it(
    deployed, laptop, addon, service, database, database_name
):
    """With the real CLI, pg_dump and pg_restore."""
    app = deployed("first-deploy")
    assert laptop.run("heroku addons:create heroku-postgresql") == 0
    assert app.config == addon("postgres")
    database.execute(f"SET ROLE {database_name}; CREATE TABLE note (text VARCHAR); INSERT INTO note VALUES ('Kept')")
    laptop.run_snippet("postgres/backup.bash")
    use_as_laptop_server(laptop, service("postgres"))
    shown = laptop.run_snippet("postgres/restore.console")
    assert re.search(r"^ Kept$", shown, re.MULTILINE)
    assert "(1 row)" in shown
    owner = "SELECT tableowner FROM pg_tables WHERE tablename = 'note'"
    with service("postgres").admin("notes_copy") as copy:
        assert copy.execute(owner).fetchone() == ("postgres",)


def test_a_copy_replaces_the_tables_of_the_database_on_heroku(heroku, laptop, addon, service, database_name, database):
    database.execute(f"SET ROLE {database_name}; CREATE TABLE note (text VARCHAR); INSERT INTO note VALUES ('Kept')")
    use_as_laptop_server(laptop, service("postgres"))
    assert laptop.run(f"pg_dump --format=custom --file=latest.dump {database_name}") == 0
    database.execute("UPDATE note SET text = 'Changed'")
    app = heroku.create()
    laptop.env["HEROKU_APP"] = app.name
    app.config = addon("postgres")
    laptop.run_snippet("database-client/load.bash")
    assert database.execute("SELECT text FROM note").fetchall() == [("Kept",)]


def test_without_no_acl_a_right_of_somebody_unknown_fails_the_restore(laptop, service, database_name, database):
    """ "`--no-owner` and `--no-acl` leave out Heroku's users"; the test above is about owners."""
    use_as_laptop_server(laptop, service("postgres"))
    database.execute(f"CREATE ROLE {database_name}_reader; CREATE TABLE note (text VARCHAR)")
    database.execute(f"GRANT SELECT ON note TO {database_name}_reader")
    assert laptop.run(f"pg_dump --format=custom --file=latest.dump {database_name}") == 0
    database.execute(f"DROP OWNED BY {database_name}_reader; DROP ROLE {database_name}_reader")
    restore = read_script("postgres/restore.console")
    assert laptop.run(restore.replace("--no-acl ", "")) != 0
    assert f'role "{database_name}_reader" does not exist' in laptop.terminals[-1].log
    assert laptop.run("dropdb notes_copy") == 0
    assert laptop.run(restore) == 0, laptop.terminals[-1].log


def test_a_copy_of_a_newer_postgresql_is_refused(laptop, service, database_name, expected_lines):
    server = service("postgres")
    use_as_laptop_server(laptop, server)
    assert laptop.run(f"pg_dump --format=custom --file=latest.dump {database_name}") == 0
    dump = laptop.folder / "latest.dump"
    # After the letters PGDMP come the major and minor version of the format: 1.99 is newer than all.
    dump.write_bytes(b"PGDMP\x01\x63" + dump.read_bytes()[7:])
    assert laptop.run(read_script("postgres/restore.console")) != 0
    assert has_lines(laptop.terminals[-1].log, expected_lines("postgres/broken-restore"))


def test_the_command_that_counts_the_connections_exists():
    assert find_problem(ROOT, (SNIPPETS / "postgres/info.bash").read_text("utf-8").strip()) == ""


# When SQLAlchemy is about to make a table that it has found missing, each worker waits for the other.
WAIT_FOR_OTHER_WORKER = """
import os, pathlib, time
from sqlalchemy import event

@event.listens_for(db.metadata, "before_create")
def wait_for_the_other(*_given, **_more):
    here = pathlib.Path("waiting")
    here.mkdir(exist_ok=True)
    (here / str(os.getpid())).touch()
    deadline = time.monotonic() + 60
    while len(list(here.iterdir())) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)

"""


def create_tables_together(app: Path) -> None:
    """Change an app so that its workers, if they make a table, make it at the same moment."""
    replace_in_file(app / "app.py", "\n\nclass Note", f"{WAIT_FOR_OTHER_WORKER}\nclass Note")


def test_two_workers_that_make_the_tables_while_they_are_imported_race(dyno, expected_lines):
    web = dyno("postgres/broken-create-all")
    create_tables_together(web.app)
    # The error of the second worker depends on how far the first one is, and on the version of PostgreSQL.
    told = [
        *expected_lines("postgres/broken-create-all"),
        'constraint "pg_class_relname_nsp_index"',
        '"note" already exists',
    ]
    with web:
        assert web.wait() != 0
        assert any(message in web.log for message in told), web.log


def test_two_workers_race_for_the_tables_of_a_file_too(dyno):
    web = dyno("postgres/broken-create-all")
    create_tables_together(web.app)
    (web.app / "config.py").write_text('SQLALCHEMY_DATABASE_URI = "sqlite:///notes.db"\n')
    with web:
        assert web.wait() != 0
        assert "table note already exists" in web.log, web.log


def test_a_command_makes_the_tables_once_and_the_workers_make_none(dyno):
    for _ in range(2):
        with dyno("postgres/form-create-all", process="release") as release:
            assert release.wait() == 0, release.log
    web = dyno("postgres/form-create-all")
    create_tables_together(web.app)
    with web.running():
        assert web.get("/notes").json() == []
        assert not (web.app / "waiting").exists()


def test_create_all_changes_no_table_that_is_there(dyno, database):
    with dyno("postgres/form-create-all", process="release") as release:
        assert release.wait() == 0, release.log
    later = dyno("postgres/form-create-all", process="release")
    column = "    text: Mapped[str]\n"
    replace_in_file(later.app / "app.py", column, f"{column}    author: Mapped[str]\n")
    with later:
        assert later.wait() == 0, later.log
    columns = database.execute("SELECT column_name FROM information_schema.columns WHERE table_name = 'note'")
    assert {name for (name,) in columns} == {"id", "text"}


def test_a_migration_meets_a_table_that_create_all_made_and_stamp_marks_it_as_done(dyno):
    def run(app: str, command: str) -> tuple[int, str]:
        with dyno(app, process="run", command=command) as one:
            return one.wait(), one.log

    assert run("postgres/form-create-all", "flask create-tables")[0] == 0
    status, log = run("postgres", "flask db upgrade")
    assert status != 0
    assert 'relation "note" already exists' in log
    assert run("postgres", "flask db stamp head")[0] == 0
    assert run("postgres", "flask db upgrade")[0] == 0


# A view with a query that takes ten minutes.
SLOW = """

@app.get("/slow")
def slow():
    db.session.execute(db.text("SELECT pg_sleep(600)"))
    return ""
"""


def limit_database_calls(web, statement: int) -> None:
    """Set the time limits for database calls that the entry H12 of the errors page gives."""
    limits = f'"connect_args": {{"connect_timeout": 5, "options": "-c statement_timeout={statement}"}}'
    replace_in_file(web.app / "config.py", '    "pool_size": 5,\n', f'    "pool_size": 5,\n    {limits},\n')


def test_a_query_ends_with_the_limit_of_the_app(dyno, table):
    web = dyno("postgres")
    limit_database_calls(web, 1000)
    (web.app / "app.py").write_text((web.app / "app.py").read_text() + SLOW)
    with web.running():
        assert web.get("/notes").json() == []
        assert web.get("/slow").status_code == 500
        assert web.wait_for_log("canceling statement due to statement timeout"), web.log


def test_a_database_that_does_not_answer_ends_with_the_limit_of_the_app(dyno):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"postgres://127.0.0.1:{silent.getsockname()[1]}/notes"
        web = dyno("postgres", config={"DATABASE_URL": address})
        limit_database_calls(web, 10000)
        with web.running():
            assert web.get("/notes").status_code == 500
            assert web.wait_for_log("connection timeout expired"), web.log


def test_no_postgresql_runs_on_the_dyno_itself(dyno):
    port = free_port()
    with dyno("postgres", process="release", config={"DATABASE_URL": f"postgres://localhost:{port}/notes"}) as release:
        assert release.wait() != 0
        assert f'connection to server at "127.0.0.1", port {port} failed: Connection refused' in release.log


def test_a_script_makes_the_tables_of_an_app_without_sqlalchemy(dyno):
    def run(statement: str) -> tuple[int, str]:
        script = (
            f"import os, psycopg; psycopg.connect(os.environ['DATABASE_URL'], autocommit=True).execute('{statement}')"
        )
        with dyno("postgres", process="run", command=f'python -c "{script}"') as one:
            return one.wait(), one.log

    status, log = run("SELECT text FROM note")
    assert (status, 'relation "note" does not exist' in log) == (1, True)
    assert run("CREATE TABLE IF NOT EXISTS note (text VARCHAR)") == (0, "")
    assert run("SELECT text FROM note") == (0, "")


def test_a_type_of_postgis_is_not_there_without_the_extension(database):
    with pytest.raises(psycopg.errors.UndefinedObject, match='type "geometry" does not exist'):
        database.execute("CREATE TABLE place (at geometry(Point, 4326))")
