"""One app of an account: its config vars, releases, formation, dynos, add-ons and domains, and its router.

Source of the responses: Heroku's Platform API reference,
https://devcenter.heroku.com/articles/platform-api-reference. Each docstring names the section.
"""

import shutil
import threading
import traceback
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from handbook.fake_heroku import app_log
from handbook.fake_heroku.addons import ADDON_MODULES
from handbook.fake_heroku.backups import Backups
from handbook.fake_heroku.buildpack import Build, BuildFailed
from handbook.fake_heroku.dyno import Dyno
from handbook.fake_heroku.limits import BOOT_SECONDS
from handbook.fake_heroku.process import eventually
from handbook.fake_heroku.router import Router
from handbook.fake_heroku.several_buildpacks import PYTHON, build_with

if TYPE_CHECKING:
    from handbook.fake_heroku.account import Account

BUILDPACKS_URL = "https://buildpack-registry.s3.amazonaws.com/buildpacks"  # where the registry keeps them
RELEASE_SECONDS = 300  # Heroku gives a release command an hour
FIRST_RELEASES = ("Initial release", "Enable Logplex")  # of each new app: they have no code
OWNER = {"id": "a-reader", "email": "you@example.com"}


class NotFound(LookupError):
    """Heroku responds with 404 and this message. Source: Platform API reference, "Error Responses"."""


class InvalidParams(ValueError):
    """Heroku responds with 422 and this message. Source: Platform API reference, "Error Responses"."""


@dataclass(frozen=True)
class Slug:
    """The result of a push: the files and their build. Source: Platform API reference, "Slug"."""

    app: Path
    build: Build


@dataclass(frozen=True)
class Snapshot:
    """What a release runs. Source: Dev Center, releases."""

    slug: Slug | None
    formation: dict[str, int]
    config: dict[str, str]


class App:
    """Alive from Account.create() until close(). Source: Platform API reference, "App"."""

    def __init__(self, account: "Account", name: str):
        self.account, self.name, self.folder = account, name, account.folder / name
        self.folder.mkdir()
        self.resources = ExitStack()
        self.router = self.resources.enter_context(Router(error_code="H14"))
        self.backups = self.resources.enter_context(Backups(self.folder, account.rendezvous.certificate))
        self.config = dict(account.initial_config)
        self.slug: Slug | None = None
        self.releases: list[dict] = []
        self.snapshots: list[Snapshot] = []  # one for each release
        self.formation: dict[str, int] = {}
        self.dynos: dict[str, Dyno] = {}
        self.target_lock = threading.Lock()  # a dyno is the target of the router only while it is among the dynos
        self.boots: list[threading.Thread] = []
        self.start_count = self.run_count = 0
        self.addons: list[dict] = []
        self.domains: list[dict] = []
        self.buildpacks: list[str] = []  # their addresses, as the CLI sets them
        self.features: set[str] = set()
        self.acm_enabled = False
        for description in FIRST_RELEASES:
            self.append_release(description, "succeeded")

    def close(self) -> None:
        """Stop every dyno, the router and the backups, and delete their files."""
        with self.resources:
            for process in list(self.dynos):
                self.stop(process)
        shutil.rmtree(self.folder, ignore_errors=True)  # a push under way may write into it

    def info(self) -> dict:
        """Return the app as the API shows it. Source: "App", serialized."""
        return {
            "id": self.name,
            "name": self.name,
            "web_url": f"{self.router.url}/",
            "git_url": f"https://git.heroku.com/{self.name}.git",
            "generation": {"name": "cedar"},
            "stack": {"name": "heroku-24"},
            "region": {"name": "us"},
            "build_stack": {"name": "heroku-24"},
            "created_at": "2026-01-31T12:00:00Z",
            "repo_size": 0,
            "slug_size": 0,
            "owner": OWNER,
        }

    def push(self, source: Path, commit: str) -> dict:
        """Build and release a push; return {"accepted": whether Git may accept it, "log": the output}.

        Where the build fails, the push is refused. Where the release command fails, it is accepted. In both cases the
        dynos keep running. Source: Dev Center, git and release-phase.
        """
        chosen = [buildpack["name"] for buildpack in self.list_buildpacks()]
        try:
            slug = Slug(
                source, build_with(source, self.config, self.slug.build.full_version if self.slug else "", chosen)
            )
        except BuildFailed as failure:
            return {"accepted": False, "log": str(failure)}
        self.buildpacks = self.buildpacks or [f"{BUILDPACKS_URL}/{PYTHON}.tgz"]  # a detected one stays set
        log = list(slug.build.log)
        if self.make_release("Deploy " + commit[:8], slug):
            log += ["", "-----> Launching...", f"       Released v{self.releases[-1]['version']}"]
            log += [f"       {self.router.url}/ deployed to Heroku", "", "Verifying deploy... done."]
        return {"accepted": True, "log": "\n".join(log)}

    def list_buildpacks(self) -> list[dict[str, str]]:
        """Return the buildpacks that are set. Source: "Buildpack Installation"."""
        names = [url.removesuffix(".tgz").removeprefix(f"{BUILDPACKS_URL}/") for url in self.buildpacks]
        return [{"url": url, "name": name} for url, name in zip(self.buildpacks, names, strict=True)]

    def set_config(self, config: dict[str, str | None]) -> None:
        """Set config vars, or unset those that are None, in a release. Source: "Config Vars Update"."""
        self.config = {name: value for name, value in (self.config | config).items() if value is not None}
        self.make_release(f"Set {', '.join(config)} config vars")

    def add_addon(self, plan: str) -> dict:
        """Create and return an add-on, with a server where ADDON_MODULES has one. Source: "Add-on Create"."""
        service = plan.partition(":")[0]
        config = self.account.provision_addon(ADDON_MODULES[service]) if service in ADDON_MODULES else {}
        if config:
            self.set_config({**config})
        self.addons.append(
            {
                "id": str(uuid4()),
                "name": f"{service}-round-{next(self.account.addon_numbers)}",
                "state": "provisioned",
                "config_vars": list(config),
                "app": self.info(),
                "addon_service": {"name": service},
                "plan": {"name": plan, "price": None},
            }
        )
        return self.addons[-1]

    def remove_addon(self, identifier: str) -> dict:
        """Remove an add-on and its config vars; return it. Raises NotFound. Source: "Add-on Delete"."""
        gone = find_addon(self.addons, identifier)
        self.addons.remove(gone)
        self.set_config(dict.fromkeys(gone["config_vars"]))
        return gone | {"state": "deprovisioned"}

    def add_domain(self, hostname: str) -> dict:
        """Add and return a domain. Its target is derived from the name; Heroku makes one up. Source: "Domain"."""
        target = {"cname": f"{hostname.replace('.', '-')}.herokudns.com", "kind": "custom", "status": "pending"}
        self.domains.append({"hostname": hostname, "sni_endpoint": None} | target)
        return self.domains[-1]

    def find_release(self, number: int) -> dict:
        """Return a release by its number. Raises NotFound. Source: "Release Info"."""
        return find_numbered(self.releases, number, "release")

    def roll_back(self, number: int) -> dict:
        """Make a release with the code and the config vars of an earlier one. Raises NotFound, InvalidParams.

        Source: "Release Rollback".
        """
        self.find_release(number)
        earlier = self.snapshots[number - 1]
        if not earlier.slug:
            raise InvalidParams(f"The release v{number} has no code to roll back to.")
        self.config = dict(earlier.config)
        self.make_release(f"Rollback to v{number}", earlier.slug)
        return self.releases[-1]

    def make_release(self, description: str, slug: Slug | None = None) -> bool:
        """Make a release, of another slug or of the current one; return whether it succeeds.

        The release command runs first, whatever the reason: a push, a config var, an add-on, a rollback. Where it
        fails, the release is recorded as failed, and the dynos keep running; config vars stay changed.
        Source: Dev Center, release-phase.
        """
        slug = slug or self.slug
        if slug and "release" in slug.build.processes and not self.run_release_command(slug):
            self.append_release(description, "failed")
            return False
        if slug:
            names = [name for name in slug.build.processes if name != "release"]
            self.slug = slug
            self.formation = {name: self.formation.get(name, int(name == "web")) for name in names}
        self.append_release(description, "succeeded")
        for process in dict.fromkeys([*self.dynos, *self.formation]):
            self.restart(process)
        return True

    def append_release(self, description: str, status: str) -> None:
        """Append a release to the list. Source: "Release"."""
        current = status == "succeeded"
        for earlier in self.releases if current else ():
            earlier["current"] = False
        version = len(self.releases) + 1
        release: dict[str, Any] = {"id": str(version), "version": version, "description": description}
        release |= {"created_at": timestamp(), "user": OWNER, "status": status, "current": current}
        self.snapshots.append(Snapshot(self.slug, dict(self.formation), dict(self.config)))
        self.releases.append(release | {"eligible_for_rollback": current and self.slug is not None})

    def run_release_command(self, slug: Slug) -> bool:
        """Run the release command; return whether it exits with 0 within RELEASE_SECONDS. Source: release-phase."""
        self.start_count += 1
        with self.make_dyno(slug, "release", self.folder / f"release-{self.start_count}.log") as release:
            return eventually(lambda: release.popen.poll() is not None, RELEASE_SECONDS) and not release.wait()

    # Dynos

    def make_dyno(self, slug: Slug, process: str, log_file: Path, command: str | None = None) -> Dyno:
        """Return a dyno with its own copy of the files. Source: Dev Center, dynos ("Ephemeral filesystem")."""
        copy = Path(shutil.copytree(slug.app, mkdtemp(prefix="dyno-", dir=slug.app.parent), dirs_exist_ok=True))
        return Dyno(copy, slug.build, log_file, process, self.config, command)

    def create_one_off_dyno(self, command: str, terminal: dict[str, str | int]) -> dict:
        """Return a one-off dyno, which starts when the CLI connects: rendezvous.py. Raises NotFound before any push.

        terminal: the variables TERM, and COLUMNS and LINES where the CLI runs on a terminal. Source: "Dyno Create".
        """
        if not self.slug:
            raise NotFound("No code was pushed to the app yet.")
        self.run_count += 1
        name = f"run.{self.run_count}"
        dyno = self.make_dyno(self.slug, "run", self.folder / f"{name}.log", command)
        dyno.env |= {"DYNO": name} | {key: str(value) for key, value in terminal.items()}
        return self.account.rendezvous.register(dyno, f"{self.name}/{name}") | {"name": name, "state": "starting"}

    def scale(self, quantities: dict[str, int]) -> None:
        """Set the quantities. Raises NotFound, as Heroku does, for a process type that the release does not have.

        Source: "Formation Batch Update".
        """
        for process, quantity in quantities.items():
            if process not in self.formation:
                raise NotFound(f"Couldn't find that process type ({process}).")
            self.formation[process] = quantity
            self.restart(process)

    def restart(self, process: str) -> None:
        """Stop a process, and start it again if its quantity is not 0. Source: "Dyno Restart"."""
        self.stop(process)
        if not self.slug or not self.formation.get(process):
            return
        self.start_count += 1
        log_file = self.folder / f"{process}-{self.start_count}.log"
        dyno = self.dynos[process] = self.make_dyno(self.slug, process, log_file).__enter__()
        if process == "web":
            self.router.error_code = "H10"
            self.boots.append(threading.Thread(target=self.boot_web, args=(dyno,), daemon=True))
            self.boots[-1].start()

    def boot_web(self, dyno: Dyno) -> None:
        """Boot a web process, and point the router to it; kill one that has ended or failed to bind to its port.

        Source: Dev Center, error-codes (R10).
        """
        try:
            if dyno.boot(self.account.boot_seconds, self.account.elsewhere_seconds) in ("H10", "R10"):
                dyno.kill()
            else:
                address = dyno.find_address()
                with self.target_lock:
                    if self.dynos.get("web") is dyno:  # it was neither stopped nor replaced meanwhile
                        self.router.target = address
        except Exception:
            self.account.tracebacks.append(traceback.format_exc())

    def stop(self, process: str) -> None:
        """Stop a process. Source: Dev Center, dynos ("Graceful shutdown with SIGTERM")."""
        with self.target_lock:
            if process == "web":
                self.router.target, self.router.error_code = None, "H14"
            dyno = self.dynos.pop(process, None)
        if dyno:
            with ExitStack() as stack:
                stack.push(dyno)
                dyno.stop()

    def wait_for_boots(self) -> None:
        """Wait until each started web process is up or has failed. Raises AssertionError if the imitation has a bug."""
        for boot in self.boots:
            boot.join(3 * BOOT_SECONDS)
        assert not self.account.tracebacks, self.account.tracebacks[0]

    def log(self) -> list[str]:
        """Return what `heroku logs` would show. Source: Dev Center, logging."""
        return [app_log.add_timestamp(line) for lines in self.read_logs() for line in lines]

    def read_logs(self, **filters: str) -> list[list[str]]:
        """Return the lines of each started dyno, a list each, then the router's. Source: "Log Session Create"."""
        writing = [dyno.log_file for dyno in list(self.dynos.values()) if dyno.popen.poll() is None]
        return app_log.read_logs(self.folder, writing, self.router.log, **filters)


def find_numbered(items: list[dict], number: int, what: str) -> dict:
    """Return an item by its number, from 1. Raises NotFound."""
    if not 1 <= number <= len(items):
        raise NotFound(f"Couldn't find that {what}.")
    return items[number - 1]


def find_addon(addons: list[dict], identifier: str) -> dict:
    """Return the add-on with an id or a name. Raises NotFound."""
    found = next((addon for addon in addons if identifier in (addon["id"], addon["name"])), None)
    if found is None:
        raise NotFound("Couldn't find that add-on.")
    return found


def timestamp() -> str:
    """Return the current time in the format of the Platform API."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
