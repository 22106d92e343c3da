"""What stands behind Heroku's add-ons: each module has a class Service, a real server on this machine."""

import os
import shutil
from contextlib import ExitStack
from importlib import import_module
from typing import Any

# Heroku's add-on, and its module. Any other one, such as Heroku Scheduler, is in the list of the app, and does nothing.
SERVERS = {"heroku-postgresql": "postgres", "cloudamqp": "rabbitmq", "heroku-redis": "redis", "jawsdb": "mariadb"}
# The program that a module starts; that of PostgreSQL comes with the environment.
PROGRAMS = {"mariadb": "mariadbd", "rabbitmq": "rabbitmq-server", "redis": "redis-server", "smtp": "openssl"}
SEARCH_PATH = f"{os.environ['PATH']}:/usr/sbin:/usr/lib/rabbitmq/bin"
INSTALL_HINT = "`make servers` installs it."


class Services(ExitStack):
    """Servers: services("postgres") is started when it is first asked for, and stopped at the end of the `with`."""

    def __init__(self) -> None:
        super().__init__()
        self.started: dict[str, Any] = {}

    def __call__(self, name: str) -> Any:
        if name not in self.started:
            self.started[name] = self.enter_context(import_module(f"{__name__}.{name}").Service())
        return self.started[name]


def find_missing_program(name: str) -> str:
    """Return the program that a module lacks on this machine, "" for none."""
    program = PROGRAMS.get(name, "")
    return program if program and not shutil.which(program, path=SEARCH_PATH) else ""
