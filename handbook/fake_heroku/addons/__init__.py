"""The servers behind Heroku's add-ons: each module has a class Service, a real server on this machine."""

import os
import shutil
from contextlib import ExitStack
from importlib import import_module
from typing import Any

# {Heroku's add-on: its module}. Any other add-on, such as Heroku Scheduler, is listed with the app, and does nothing.
ADDON_MODULES = {"heroku-postgresql": "postgres", "cloudamqp": "rabbitmq", "heroku-redis": "redis", "jawsdb": "mariadb"}
# {module: the program that it needs}; that of PostgreSQL comes with the virtual environment.
PROGRAMS = {"mariadb": "mariadbd", "rabbitmq": "rabbitmq-server", "redis": "redis-server", "smtp": "openssl"}
# RabbitMQ's own folder comes first: Debian's wrapper of rabbitmq-server, in /usr/sbin, requires Debian's folders.
SEARCH_PATH = f"/usr/lib/rabbitmq/bin:{os.environ['PATH']}:/usr/sbin"
INSTALL_HINT = "`make servers` installs it."


class Services(ExitStack):
    """Starts servers on demand: services("postgres") starts one at the first call; the end of the `with` stops it."""

    def __init__(self) -> None:
        super().__init__()
        self.started: dict[str, Any] = {}

    def __call__(self, name: str) -> Any:
        if name not in self.started:
            self.started[name] = self.enter_context(import_module(f"{__name__}.{name}").Service())
        return self.started[name]


def find_program(name: str) -> str:
    """Return the path of a program, its name where this machine lacks it."""
    return shutil.which(name, path=SEARCH_PATH) or name


def find_missing_program(name: str) -> str:
    """Return the program that a module needs and this machine lacks, "" for none."""
    program = PROGRAMS.get(name, "")
    return program if program and not shutil.which(program, path=SEARCH_PATH) else ""
