"""docs/guides/database-client.md: the real CLI, psql and PostgreSQL; the page has sources for what only Heroku does."""

import re
import shutil
import signal
import socket
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import datetime
from urllib.parse import urlsplit

import psycopg
import pytest

from handbook.fake_heroku.addons.postgres import Service
from handbook.fake_heroku.dyno import copy_app
from handbook.fake_heroku.packages import make_lock_environment
from handbook.fake_heroku.process import eventually
from handbook.paths import SNIPPETS
from handbook.reader.laptop import read_script
from handbook.reader.terminal import Terminal
from tests import recognition
from tests.api import Api
from tests.conftest import replace_in_file

# The models of the app whose rows are copied. A note needs its user, and the name of that table needs quotes in SQL.
MODELS = """class Tag(db.Model):
    name: Mapped[str] = mapped_column(primary_key=True)


class User(db.Model):
    __tablename__ = "User"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Note(db.Model):
    text: Mapped[str] = mapped_column(db.String(20))
    done: Mapped[bool]
    written: Mapped[datetime]
    more: Mapped[dict] = mapped_column(db.JSON)
    user_id: Mapped[int] = mapped_column(db.ForeignKey(User.id))"""
ROWS = """from datetime import datetime

from app import Note, Tag, User, app, db

with app.app_context():
    db.create_all()
    db.session.add_all([Tag(name="blue"), User(id=7, name="Ada")])
    db.session.flush()
    first, second = datetime(2026, 1, 2, 3, 4, 5), datetime(2026, 2, 3)
    db.session.add(Note(id=3, text="First", done=True, written=first, more={"a": 1}, user_id=7))
    db.session.add(Note(id=9, text="Second", done=False, written=second, more={}, user_id=7))
    db.session.commit()
"""


class Database(Api):
    """A stub of Heroku's API for one database: its address, the apps to which it is attached, its daily backups."""

    def __init__(self, address: str):
        super().__init__()
        self.address, self.attached, self.filled = urlsplit(address), [], []
        self.schedules: list[dict] = []
        self.upgrade_calls: list[str] = []

    def answer(self, method: str, path: list[str], body: dict) -> object:
        addon = {"id": "a-database", "name": "postgresql-round-1", "plan": {"name": "heroku-postgresql:essential-0"}}
        match method, *path:
            case "POST", "actions", "addon-attachments", "resolve":
                app = {"id": body["app"], "name": body["app"]}
                return [{"addon": addon | {"app": app}, "app": app, "config_vars": ["DATABASE_URL"], "namespace": None}]
            case "GET", "apps", "hello-heroku", "config-vars":
                return {"DATABASE_URL": self.address.geturl()}
            case "GET", "postgres", "v0", "databases", "postgresql-round-1", "credentials", "default":
                login = {"state": "active", "user": self.address.username, "password": self.address.password}
                where = {"host": self.address.hostname, "port": self.address.port}
                return where | {"database": self.address.path[1:], "credentials": [login]}
            case "GET", "addons", "hello-heroku%3A%3ADATABASE":
                return addon
            case "POST", "addon-attachments":
                self.attached.append((body["addon"]["name"], body["app"]["name"], body["name"]))
                return {"name": body["name"]}
            case "GET", "apps", "hello-second", "releases":
                return [{"version": 4}]
            case "GET", "client", "v11", "apps", "hello-heroku", "transfers":
                return [{"num": 1, "from_type": "pg_dump", "to_type": "gof3r", "succeeded": True, "to_url": "copy-1"}]
            case "POST", "client", "v11", "databases", "a-database", "restores":
                self.filled.append(body["backup_url"])
                return {"uuid": "a-restore"}
            case "GET", "client", "v11", "apps", "hello-second", "transfers", "a-restore":
                return {"uuid": "a-restore", "num": 2, "finished_at": "now", "succeeded": True}
            case "GET", "apps", "hello-heroku", "addons":
                return [addon | {"app": {"name": "hello-heroku"}}]
            case "GET", "client", "v11", "databases", "a-database":
                return {"info": []}
            case "GET", "client", "v11", "databases", "a-database", "transfer-schedules":
                return self.schedules
            case "POST", "client", "v11", "databases", "a-database", "transfer-schedules":
                self.schedules.append({"name": body["schedule_name"]} | body)
                return self.schedules[-1]
            case "POST", "client", "v11", "databases", "a-database", "upgrade", "run":
                self.upgrade_calls.append("run")
                return {"message": "Upgrading"}
            case "GET", "client", "v11", "databases", "a-database", "upgrade", "wait_status":
                self.upgrade_calls.append("wait")
                return {"message": "Upgraded", "waiting?": False}
        return super().answer(method, path, body)


@pytest.fixture
def heroku(addon, laptop):
    """Yield the stub for a database that belongs to this test; the laptop's app is hello-heroku."""
    with Database(addon("postgres")["DATABASE_URL"]) as heroku:
        laptop.env |= heroku.environment() | {"HEROKU_APP": "hello-heroku"}
        yield heroku


@pytest.fixture
def psql(service, laptop) -> None:
    """Put the programs of PostgreSQL, such as psql, on the laptop's PATH."""
    laptop.env["PATH"] = f"{service('postgres').bin}:{laptop.env['PATH']}"


def test_psql_asks_the_database_of_the_app(heroku, laptop, psql):
    with psycopg.connect(heroku.address.geturl()) as database:
        database.execute(
            "CREATE TABLE note (id SERIAL); INSERT INTO note DEFAULT VALUES; INSERT INTO note DEFAULT VALUES"
        )
    assert re.search(r"^ +2$", laptop.run_snippet("database-client/query.bash"), re.MULTILINE)
    assert laptop.run(r"heroku pg:psql --command '\dt'") == 0
    assert re.search(r"public +\| note +\| table", laptop.terminals[-1].log)
    with Terminal(["heroku", "pg:psql"], laptop.folder, laptop.env) as terminal:
        terminal.answer_prompt("=> ", "SELECT count(*) FROM note;\n")
        assert eventually(lambda: re.search(r"^ +2$", terminal.log, re.MULTILINE)), terminal.log
        terminal.send_keys("\\q\n")
        assert terminal.wait(30) == 0


def test_without_psql_on_the_laptop_the_cli_says_so(heroku, laptop, tmp_path):
    """PATH is a single folder, with links to only the programs that the CLI itself needs."""
    for program in ("node", "env", "bash", "dirname", "uname", "readlink", "heroku"):
        found = laptop.run(f'ln -s "$(command -v {program})" {tmp_path}/')
        assert found == 0, program
    laptop.run(f"PATH={tmp_path} heroku pg:psql --command 'SELECT 1'")
    assert "The local psql command could not be located." in laptop.terminals[-1].log


def test_the_credentials_are_those_of_the_database_and_ask_for_ssl(heroku, laptop):
    """ "This command shows host, port, database, user and password" """
    shown = laptop.run_snippet("database-client/credentials.bash")
    address = heroku.address
    for part in (address.hostname, str(address.port), address.path[1:], address.username, address.password):
        assert part in shown
    assert "sslmode=require" in shown


def test_the_second_app_gets_the_database_under_the_name_of_the_page(heroku, laptop):
    laptop.run_snippet("database-client/share.bash")
    assert heroku.attached == [("postgresql-round-1", "hello-second", "NOTES")]


def test_pull_makes_a_database_on_the_laptop_with_the_rows_from_heroku(heroku, laptop, psql, service):
    """ "If `hello_copy` exists already, delete it first: `dropdb hello_copy`" """
    server = service("postgres")
    laptop.env |= {"PGHOST": "localhost", "PGPORT": str(server.port), "PGUSER": "postgres", "PGPASSWORD": "postgres"}
    with server.admin() as admin:
        admin.execute("DROP DATABASE IF EXISTS hello_copy")
    with psycopg.connect(heroku.address.geturl()) as database:
        database.execute("CREATE TABLE note (text VARCHAR); INSERT INTO note VALUES ('Kept')")
    laptop.run_snippet("database-client/pull.bash")
    with server.admin("hello_copy") as copy:
        assert copy.execute("SELECT text FROM note").fetchall() == [("Kept",)]
    pull = read_script("database-client/pull.bash")
    assert laptop.run(pull) != 0
    assert 'database "hello_copy" already exists' in laptop.terminals[-1].log
    assert laptop.run(f"dropdb hello_copy && {pull}") == 0, laptop.terminals[-1].log


@contextmanager
def newer_server(port: int):
    """Yield the port at which the PostgreSQL server of another port says that its version begins with 99."""

    def relay(source: socket.socket, target: socket.socket) -> None:
        while data := source.recv(65536):
            target.sendall(re.sub(rb"(server_version\0)\d\d", rb"\g<1>99", data))
        target.shutdown(socket.SHUT_WR)

    def serve() -> None:
        with closing(listener.accept()[0]) as client, socket.create_connection(("127.0.0.1", port)) as server:
            pool.submit(relay, client, server)
            relay(server, client)

    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor() as pool:
        pool.submit(serve)
        yield listener.getsockname()[1]


def test_a_pg_dump_that_is_older_than_the_server_gives_up(heroku, laptop, psql):
    address = heroku.address
    with newer_server(address.port) as port:
        newer = address._replace(netloc=address.netloc.replace(f":{address.port}", f":{port}")).geturl()
        assert laptop.run(f"pg_dump '{newer}'") != 0
    log = laptop.terminals[-1].log
    assert re.search(r"server version: 99\.\d+; pg_dump version: \d\d\.", log)
    assert "aborting because of server version mismatch" in log
    assert recognition.find_first_entry(log).id == "server-version-mismatch"
    assert laptop.run(f"pg_dump '{address.geturl()}'") == 0


def test_the_postgresql_of_the_laptop_does_not_know_a_user_before_createuser(laptop, psql, service):
    """ "Run `sudo -u postgres createuser --createdb $USER`", or with another name in `PGUSER`"""
    server = service("postgres")
    laptop.env |= {"PGHOST": "127.0.0.1", "PGPORT": str(server.port)}
    access = server.folder / "data" / "pg_hba.conf"
    rules = access.read_text("utf-8")
    # As on Debian: who is logged in on this machine needs no password.
    access.write_text(f"host all reader 127.0.0.1/32 trust\nhost all postgres 127.0.0.1/32 trust\n{rules}", "utf-8")
    try:
        with server.admin() as admin:
            admin.execute("SELECT pg_reload_conf()")
        assert eventually(
            lambda: laptop.run("PGUSER=reader createdb reader_copy") and "does not exist" in laptop.terminals[-1].log
        ), laptop.terminals[-1].log
        assert 'FATAL:  role "reader" does not exist' in laptop.terminals[-1].log
        assert recognition.find_first_entry(laptop.terminals[-1].log).id == "role-does-not-exist"
        assert laptop.run("export PGUSER=postgres; createdb reader_copy && dropdb reader_copy") == 0
        assert laptop.run("PGUSER=postgres createuser --createdb reader") == 0
        assert laptop.run("export PGUSER=reader; createdb reader_copy && dropdb reader_copy") == 0
        assert laptop.run("PGUSER=postgres dropuser reader") == 0
    finally:
        access.write_text(rules, "utf-8")
        with server.admin() as admin:
            admin.execute("SELECT pg_reload_conf()")


@pytest.fixture
def copying(heroku, laptop):
    """Return the connection to the app's database on Heroku: empty tables; the laptop has an SQLite file with rows."""
    copy_app("postgres", laptop.folder)
    replace_in_file(laptop.folder / "app.py", "class Note(db.Model):", MODELS)
    replace_in_file(laptop.folder / "app.py", "    text: Mapped[str]\n\n", "\n")
    replace_in_file(
        laptop.folder / "app.py", "from flask import Flask", "from datetime import datetime\n\nfrom flask import Flask"
    )
    shutil.copy(SNIPPETS / "database-client/copy_rows.py", laptop.folder)
    (laptop.folder / ".venv").symlink_to(make_lock_environment(laptop.folder / "requirements.txt"))
    (laptop.folder / "make_rows.py").write_text(ROWS)
    create = ".venv/bin/flask shell <<< 'db.create_all()'"
    assert laptop.run(f"DATABASE_URL={heroku.address.geturl()} {create}") == 0, laptop.terminals[-1].log
    assert laptop.run("DATABASE_URL=sqlite:///notes.db .venv/bin/python make_rows.py") == 0, laptop.terminals[-1].log
    with psycopg.connect(heroku.address.geturl(), autocommit=True) as database:
        yield database


def test_the_rows_of_sqlite_arrive_with_their_types_and_the_next_id_is_free(copying, laptop, heroku):
    shown = laptop.run_snippet("database-client/copy_rows.bash")
    assert {"User: 1", "tag: 1", "note: 2"} <= set(shown.split("\n"))
    notes = copying.execute("SELECT id, text, done, written, more, user_id FROM note ORDER BY id").fetchall()
    first = (3, "First", True, datetime(2026, 1, 2, 3, 4, 5), {"a": 1}, 7)
    assert notes == [first, (9, "Second", False, datetime(2026, 2, 3), {}, 7)]
    assert copying.execute("SELECT name FROM tag").fetchall() == [("blue",)]
    insert = "INSERT INTO note (text, done, written, more, user_id) VALUES ('', true, now(), '{}', 7) RETURNING id"
    assert copying.execute(insert).fetchone() == (10,)
    assert copying.execute("INSERT INTO \"User\" (name) VALUES ('Grace') RETURNING id").fetchone() == (8,)


def test_a_table_that_has_rows_is_left_as_it_is(copying, laptop):
    copying.execute("INSERT INTO tag VALUES ('red')")
    assert laptop.run(read_script("database-client/copy_rows.bash")) == 1
    assert laptop.terminals[-1].log.splitlines()[-1] == "The table tag has rows: nothing was copied"
    assert copying.execute('SELECT (SELECT count(*) FROM note), (SELECT count(*) FROM "User")').fetchone() == (0, 0)
    copying.execute("DELETE FROM tag")
    laptop.run_snippet("database-client/copy_rows.bash")
    assert laptop.run(read_script("database-client/copy_rows.bash")) == 1, "it copied the rows twice"


def test_a_row_that_postgresql_refuses_keeps_all_others_out(copying, laptop):
    with sqlite3.connect(laptop.folder / "instance/notes.db") as file:
        file.execute("UPDATE note SET text = ? WHERE id = 9", ["x" * 21])
    assert laptop.run(read_script("database-client/copy_rows.bash")) == 1
    assert "value too long for type character varying(20)" in laptop.terminals[-1].log
    assert "User: 1" in laptop.terminals[-1].log
    assert copying.execute('SELECT (SELECT count(*) FROM note), (SELECT count(*) FROM "User")').fetchone() == (0, 0)


def test_a_wrong_path_is_named_and_no_file_is_made(copying, laptop):
    command = read_script("database-client/copy_rows.bash").replace("instance/notes.db", "notes.db")
    assert laptop.run(command) == 1
    assert laptop.terminals[-1].log.splitlines()[-1] == "There is no file notes.db: nothing was copied"
    assert not (laptop.folder / "notes.db").exists()


@pytest.mark.parametrize(
    ("written", "restored"), [("hello-heroku::b001", "copy-1"), ("https://example.com/a.dump",) * 2]
)
def test_a_backup_of_one_app_or_a_dump_on_the_web_fills_the_database_of_another(heroku, laptop, written, restored):
    """ "Before it begins, the CLI asks you to type the name of the app that loses its data" """
    command = read_script("database-client/restore.bash").replace("hello-heroku::b001", written)
    with Terminal(["bash", "-c", command], laptop.folder, laptop.env) as terminal:
        assert eventually(lambda: "To proceed, type hello-second" in terminal.log), terminal.log
        assert heroku.filled == []
        terminal.send_keys("hello-second\r")
        assert terminal.wait(60) == 0, terminal.log
    assert heroku.filled == [restored]


def test_a_server_that_has_no_place_for_connections_without_ssl_says_so():
    """As on Heroku, no line of the server's pg_hba.conf allows a connection without encryption."""
    with Service() as server:
        with server.admin() as admin:
            assert admin.execute("SELECT 1").fetchone() == (1,)
        (server.folder / "data/pg_hba.conf").write_text("local all all trust\n")
        server.popen.send_signal(signal.SIGHUP)
        refused = []

        def refuses() -> bool:
            try:
                server.admin().close()
            except psycopg.OperationalError as error:
                refused.append(str(error))
            return bool(refused)

        assert eventually(refuses), server.log
    assert 'FATAL:  no pg_hba.conf entry for host "127.0.0.1"' in refused[0]
    assert refused[0].strip().endswith(", no encryption")
    assert recognition.find_first_entry(refused[0]).id == "no-pg-hba-conf-entry-for-host"
