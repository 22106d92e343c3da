"""A real MariaDB server on loopback. As the add-ons for MySQL do, it gives each app a database and a user of its own,
in a URL that starts with mysql://. It does not speak TLS.
"""

import os
import pwd
import shutil
import signal
import tempfile
from pathlib import Path
from typing import Self
from uuid import uuid4

import pymysql

from handbook.fake_heroku.addons import SEARCH_PATH, find_program
from handbook.fake_heroku.ports import free_port
from handbook.fake_heroku.process import DEFAULT_TIMEOUT, Process


class Service(Process):
    """A server with a data folder of its own, alive inside a `with` block. Made by the fixture `service`."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="mariadb-"))
        self.port = free_port()
        user = "nobody" if os.geteuid() == 0 else None  # MariaDB refuses to run as root
        if user:
            os.chown(self.folder, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
        server = [find_program("mariadbd"), "--no-defaults", f"--datadir={self.folder / 'data'}", f"--port={self.port}"]
        # The relative paths of the socket and the PID file lead into the data folder.
        server += ["--bind-address=127.0.0.1", "--socket=socket", "--pid-file=pid", "--skip-name-resolve"]
        env = {"PATH": SEARCH_PATH, "LANG": "C.UTF-8"}
        super().__init__(server, self.folder, env, self.folder / "log.txt", user=user)

    def __enter__(self) -> Self:
        command = ["mariadb-install-db", "--no-defaults", f"--datadir={self.folder / 'data'}", "--skip-test-db"]
        command += ["--auth-root-authentication-method=normal"]
        self.run_setup(command)
        super().__enter__()
        assert self.wait_for_log("ready for connections"), self.log
        return self

    def __exit__(self, *error: object) -> None:
        self.popen.send_signal(signal.SIGTERM)
        self.popen.wait(timeout=DEFAULT_TIMEOUT)
        super().__exit__(*error)
        shutil.rmtree(self.folder)

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
