"""A real MariaDB server on loopback. As the add-ons for MySQL do, it gives each app a database and a user of its own,
in a URL that starts with mysql://. It does not speak TLS.
"""

import signal
from uuid import uuid4

import pymysql

from handbook.fake_heroku.addons import SEARCH_PATH, find_program
from handbook.fake_heroku.server import Server


class Service(Server):
    """A server with a data folder of its own, alive inside a `with` block. Made by the fixture `service`."""

    ready, end_signal, runs_as_root = "ready for connections", signal.SIGTERM, False

    def prepare(self) -> None:
        data = ["--no-defaults", f"--datadir={self.folder / 'data'}"]
        self.env = {"PATH": SEARCH_PATH, "LANG": "C.UTF-8"}
        self.argv = [find_program("mariadbd"), *data, f"--port={self.port}"]
        # The relative paths of the socket and the PID file lead into the data folder.
        self.argv += ["--bind-address=127.0.0.1", "--socket=socket", "--pid-file=pid", "--skip-name-resolve"]
        options = ["--skip-test-db", "--auth-root-authentication-method=normal"]
        self.run_setup(["mariadb-install-db", *data, *options])

    def provision(self) -> dict[str, str]:
        """Return the config var of a new, empty database."""
        name, password = f"d{uuid4().hex[:14]}", uuid4().hex
        self.query(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")  # the default of MySQL
        self.query(f"CREATE USER {name} IDENTIFIED BY '{password}'")
        self.query(f"GRANT ALL ON {name}.* TO {name}")
        return {"JAWSDB_URL": f"mysql://{name}:{password}@127.0.0.1:{self.port}/{name}"}

    def query(self, statement: str) -> list[tuple]:
        """Run a statement as the server's root user, and return its rows."""
        with pymysql.connect(host="127.0.0.1", port=self.port, user="root") as admin, admin.cursor() as cursor:
            cursor.execute(statement)
            return list(cursor.fetchall())
