"""Config vars for a reader's app: from a file of lines NAME=value, and from add-ons that run here."""

import re
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path

from handbook.fake_heroku import addons as servers
from handbook.tryout import NotUsable, name_failures

ASSIGNMENT = re.compile(r"(?:export\s+)?([A-Za-z_]\w*)=(.*)", re.ASCII)


@dataclass(frozen=True)
class AddOn:
    """An add-on with a server on this machine, its config var, and the packages that require it."""

    title: str
    variable: str
    packages: tuple[str, ...]


ADD_ONS = {
    "postgres": AddOn("PostgreSQL", "DATABASE_URL", ("psycopg", "psycopg2", "psycopg2-binary", "pg8000", "asyncpg")),
    "redis": AddOn("Redis", "REDIS_URL", ("redis", "valkey")),
    "rabbitmq": AddOn("RabbitMQ", "CLOUDAMQP_URL", ("pika", "aio-pika")),
    "mariadb": AddOn("MariaDB, for MySQL", "JAWSDB_URL", ()),
}


def read_config_file(path: Path) -> dict[str, str]:
    """Return the config vars of a file of lines NAME=value. Raises NotUsable with file and line."""
    try:
        if path.exists() and not path.is_file():  # a device has no end, and a FIFO may have no writer
            raise NotUsable(f"{path} is no regular file: write lines NAME=value into one.")
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not in UTF-8"
        raise NotUsable(f"{path} cannot be read, {reason}: write lines NAME=value into it.") from None
    found = {}
    for number, line in enumerate(map(str.strip, lines), 1):
        if line and not line.startswith("#"):
            if not (match := ASSIGNMENT.fullmatch(line)) or "\0" in line:
                raise NotUsable(f"{path}:{number}: this is not NAME=value: correct the line, or delete it.")
            value = match[2].strip()
            quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
            found[match[1]] = value[1:-1] if quoted else value
    return found


def list_packages(environment: Path | None) -> set[str]:
    """Return the names of the packages in a virtual environment."""
    folders = [str(path) for path in environment.glob("lib/python*/site-packages")] if environment else []
    names = [one.metadata["Name"] or "" for one in distributions(path=folders)]
    return {re.sub(r"[-_.]+", "-", name).lower() for name in names}


def find_wanted_services(packages: set[str], addons: Iterable[str], app: Path) -> dict[str, str]:
    """Return {module of addons/: what requires it}, from app.json, the packages and the code."""
    found = {servers.ADDON_MODULES[name]: "app.json" for name in addons if name in servers.ADDON_MODULES}
    for service, addon in ADD_ONS.items():
        if asking := sorted(packages.intersection(addon.packages)):
            found.setdefault(service, asking[0])
    if "celery" in packages and ("redis" not in packages or code_mentions(app, "CLOUDAMQP_URL")):
        found.setdefault("rabbitmq", "celery")
    if code_mentions(app, "JAWSDB_URL"):
        found.setdefault("mariadb", "JAWSDB_URL in your code")
    return found


def code_mentions(app: Path, word: str) -> bool:
    return any(word in path.read_text("utf-8", "replace") for path in app.rglob("*.py") if path.is_file())


def start_services(
    services: dict[str, str], given: dict[str, str], stack: ExitStack, say: Callable
) -> tuple[dict, list[str]]:
    """Start each service whose config var is not given. Return (their config vars, messages for those not started)."""
    config: dict[str, str] = {}
    missing, started = [], stack.enter_context(servers.Services())
    for name, asking in services.items():
        addon = ADD_ONS[name]
        if addon.variable in given:
            continue
        if servers.find_missing_program(name):
            missing.append(f"{addon.title} is not on this machine, and {asking} asks for it: {servers.INSTALL_HINT}")
            continue
        say(f"Starting an empty {addon.title}, for {asking}: {addon.variable}")
        with name_failures(f"start {addon.title}"):
            config |= started(name).provision()
    return config, missing
