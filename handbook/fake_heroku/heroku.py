"""Heroku's side, small and local: the Platform API that the CLI calls, and the remote that git pushes to.

The real CLI and the real git talk to it. It holds one app, and knows only the calls that the pages'
commands make; any other is answered with an error that names it. A push is judged by buildpack.py, the
processes run as in dyno.py, and router.py stands in front. What it does not do: README.md beside this file.
"""

import json
import re
import shutil
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from shlex import quote
from tempfile import mkdtemp
from typing import Self
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import uuid4

import requests

from handbook.fake_heroku.backups import Backups
from handbook.fake_heroku.buildpack import Build, BuildFailed
from handbook.fake_heroku.dyno import Dyno
from handbook.fake_heroku.limits import BOOT_SECONDS
from handbook.fake_heroku.process import Serving, eventually
from handbook.fake_heroku.rendezvous import Rendezvous
from handbook.fake_heroku.router import Router
from handbook.fake_heroku.several_buildpacks import KNOWN, PYTHON, build
from handbook.paths import ROOT
from handbook.reader.transcript import PUBLIC_URL

NAME = "hello-heroku"
CALLS = {
    ("POST", r"/apps"): "create",
    ("GET", r"/apps/[\w-]+"): "app",
    ("DELETE", r"/apps/[\w-]+"): "destroy",
    ("PATCH", r"/apps/[\w-]+/formation"): "scale",
    ("GET", r"/apps/[\w-]+/config-vars"): "config_vars",
    ("PATCH", r"/apps/[\w-]+/config-vars"): "set_config_vars",
    ("GET", r"/apps/[\w-]+/features/([\w-]+)"): "feature",
    ("PATCH", r"/apps/[\w-]+/features/([\w-]+)"): "set_feature",
    ("GET", r"/addon-services/([\w-]+)/plans"): "plans",
    ("POST", r"/apps/[\w-]+/addons"): "create_addon",
    ("GET", r"/apps/[\w-]+/addons"): "list_addons",
    ("POST", r"/actions/addons/resolve"): "find_addon",
    ("DELETE", r"/apps/[\w-]+/addons/([\w-]+)"): "destroy_addon",
    ("GET", r"/apps/[\w-]+/(?:addon-attachments|collaborators|dynos)|/addon-attachments"): "none",
    ("GET", r"/apps/[\w-]+/releases"): "list_releases",
    ("GET", r"/apps/[\w-]+/releases/(\d+)"): "find_release",
    ("POST", r"/apps/[\w-]+/releases"): "roll_back",
    ("POST", r"/apps/[\w-]+/dynos"): "run",
    ("POST", r"/apps/[\w-]+/log-sessions"): "log_session",
    ("GET", r"/apps/[\w-]+/domains"): "list_domains",
    ("POST", r"/apps/[\w-]+/domains"): "add_domain",
    ("POST", r"/apps/[\w-]+/acm"): "certify",
    ("GET", r"/apps/[\w-]+/sni-endpoints"): "list_certificates",
    ("GET", r"/apps/[\w-]+/pipeline-couplings"): "pipeline",
    ("POST", r"/actions/addon-attachments/resolve"): "find_attachment",
    ("GET", r"/client/v11/databases/[\w-]+"): "database",
    ("POST", r"/client/v11/databases/[\w-]+/backups"): "back_up",
    ("GET", r"/client/v11/apps/[\w-]+/transfers"): "list_backups",
    ("GET", r"/client/v11/apps/[\w-]+/transfers/(\d+)"): "find_backup",
    ("POST", r"/client/v11/apps/[\w-]+/transfers/(\d+)/actions/public-url"): "backup_url",
    ("GET", r"/apps/[\w-]+/buildpack-installations"): "list_buildpacks",
    ("PUT", r"/apps/[\w-]+/buildpack-installations"): "set_buildpacks",
    ("GET", r"/buildpacks/([\w-]+)%2F([\w-]+)"): "find_buildpack",  # of the registry of buildpacks
    ("GET", r"/users/~/apps"): "apps",
    ("GET", r"/account"): "account",
    ("POST", r"/oauth/authorizations"): "authorize",
    ("POST", r"/pushes"): "push",  # from the remote's hook, not from the CLI
}
# The modules beside this one that stand behind Heroku's add-ons. Any other add-on, such as Heroku Scheduler, is in the
# list of the app, and does nothing.
ADDONS = {"heroku-postgresql": "postgres", "cloudamqp": "rabbitmq", "heroku-redis": "redis", "jawsdb": "mariadb"}


SHELF = "https://buildpack-registry.s3.amazonaws.com/buildpacks"  # where the registry has its buildpacks
REGISTRY = re.compile(rf"^{re.escape(SHELF)}/|\.tgz$")
RELEASE_SECONDS = 300  # Heroku gives a release command an hour


@dataclass(frozen=True)
class Slug:
    """What a push became: the files, and how they were built."""

    app: Path
    build: Build


@dataclass(frozen=True)
class Version:
    """What a release runs."""

    slug: Slug | None
    formation: dict[str, int]
    config: dict[str, str]


class Heroku(Serving, ThreadingHTTPServer):
    """One account with one app, alive inside a `with` block. Made by the fixture `heroku`."""

    def __init__(self, folder: Path, addon: Callable[[str], dict[str, str]], boot_seconds: float = BOOT_SECONDS):
        super().__init__(("127.0.0.1", 0), Api)
        self.addon, self.boot_seconds = addon, boot_seconds
        self.fails_on_purpose = False  # known to listen in the wrong place: once it does, the minute is cut short
        self.folder, self.url = folder, f"http://127.0.0.1:{self.server_port}"
        self.name = ""
        self.slug: Slug | None = None
        self.formation: dict[str, int] = {}
        self.config: dict[str, str] = {}
        self.releases: list[dict] = []
        self.versions: list[Version] = []  # one for each release
        self.dynos: dict[str, Dyno] = {}
        self.boots: list[threading.Thread] = []
        self.starts = self.runs = 0
        self.domains: list[dict] = []
        self.buildpacks: list[str] = []  # their addresses, as the CLI sets them
        self.addons: list[dict] = []
        self.features: set[str] = set()
        self.tokens: set[str] = set()
        self.certified = False
        self.unknown: list[str] = []
        self.faults: list[str] = []  # tracebacks of the imitation itself
        self.over = threading.Event()

    def __enter__(self) -> Self:
        self.alive = ExitStack()
        self.router = self.alive.enter_context(Router(down="H14"))
        self.rendezvous = self.alive.enter_context(Rendezvous(self.folder))
        self.backups = self.alive.enter_context(Backups(self.folder, self.rendezvous.certificate))
        return super().__enter__()

    def __exit__(self, *_error: object) -> None:
        self.over.set()
        super().__exit__()
        with self.alive:
            for process in list(self.dynos):
                self.stop(process)

    def environment(self) -> dict[str, str]:
        """Return what makes the CLI and git talk to this Heroku, as somebody who is logged in."""
        return {
            "HEROKU_HOST": self.url,
            "HEROKU_PARTICLEBOARD_URL": self.url,  # whom the CLI asks whether the bill is paid
            "HEROKU_DATA_HOST": "127.0.0.1",  # whom it asks about databases: here, the same server
            "HEROKU_GIT_HOST": "git.heroku.com",
            "HEROKU_BUILDPACK_REGISTRY_URL": self.url,
            "HEROKU_API_KEY": "a-key",
            "NODE_EXTRA_CA_CERTS": str(self.rendezvous.certificate),
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"url.{self.folder}/.pushInsteadOf",
            "GIT_CONFIG_VALUE_0": "https://git.heroku.com/",
        }

    # The calls of the CLI: each takes the body of the request and returns that of the answer.

    def create(self, body: dict) -> dict:
        self.name = body.get("name") or NAME
        remote = self.folder / f"{self.name}.git"
        subprocess.run(["git", "init", "--quiet", "--bare", remote], check=True, timeout=60)
        hook = remote / "hooks" / "pre-receive"
        command = f"exec {quote(sys.executable)} -m handbook.fake_heroku.heroku {self.url}"
        hook.write_text(f"#!/bin/sh\nPYTHONPATH={quote(str(ROOT))} {command}\n")
        hook.chmod(0o755)
        return self.app()

    def app(self, _body: dict | None = None) -> dict:
        return {
            "id": "an-app",
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
            "owner": self.account(),
        }

    def destroy(self, _body: dict) -> dict:
        for process in list(self.dynos):
            self.stop(process)
        gone, self.name = self.app(), ""
        return gone

    def scale(self, body: dict) -> list[dict]:
        """Raises LookupError, as Heroku does, for a process that no Procfile of a release names."""
        for update in body["updates"]:
            if update["type"] not in self.formation:
                raise LookupError(f"Couldn't find that process type ({update['type']}).")
            self.formation[update["type"]] = int(update["quantity"])
            self.restart(update["type"])
        return [{"type": name, "quantity": quantity, "size": "Basic"} for name, quantity in self.formation.items()]

    def config_vars(self, _body: dict) -> dict[str, str]:
        return self.config

    def set_config_vars(self, body: dict) -> dict[str, str]:
        self.config = {name: value for name, value in (self.config | body).items() if value is not None}
        self.release(f"Set {', '.join(body)} config vars")
        return self.config

    def feature(self, _body: dict, name: str) -> dict:
        return {"name": name, "enabled": name in self.features}

    def set_feature(self, body: dict, name: str) -> dict:
        (self.features.add if body["enabled"] else self.features.discard)(name)
        return self.feature({}, name)

    def plans(self, _body: dict, service: str) -> list[dict]:
        price = {"cents": 100, "unit": "month", "contract": False, "metered": False}
        return [{"name": f"{service}:a-plan", "human_name": "A plan", "default": True, "price": price}]

    def create_addon(self, body: dict) -> dict:
        service, _colon, _plan = body["plan"]["name"].partition(":")
        config = self.addon(ADDONS[service]) if service in ADDONS else {}
        if config:
            self.set_config_vars(config)
        self.addons.append(
            {
                "id": "an-addon",
                "name": f"{service}-round-12345",
                "state": "provisioned",
                "config_vars": list(config),
                "app": self.app(),
                "addon_service": {"name": service},
                "plan": {"name": body["plan"]["name"], "price": None},
            }
        )
        return self.addons[-1]

    def list_addons(self, _body: dict) -> list[dict]:
        return self.addons

    def find_addon(self, body: dict) -> list[dict]:
        return [addon for addon in self.addons if body["addon"] in (addon["name"], addon["addon_service"]["name"])]

    def destroy_addon(self, _body: dict, identifier: str) -> dict:
        (gone,) = [addon for addon in self.addons if addon["id"] == identifier]
        self.addons.remove(gone)
        self.set_config_vars(dict.fromkeys(gone["config_vars"]))
        return gone | {"state": "deprovisioned"}

    def find_attachment(self, body: dict) -> list[dict]:
        """Return the add-on that sets a config var, as the app sees it."""
        return [
            {"name": "DATABASE", "app": addon["app"], "addon": addon, "config_vars": addon["config_vars"]}
            for addon in self.addons
            if body["addon_attachment"] in addon["config_vars"]
        ]

    def database(self, _body: dict) -> dict:
        return {"info": []}

    def back_up(self, _body: dict) -> dict:
        return self.backups.capture(self.config["DATABASE_URL"], "DATABASE")

    def list_backups(self, _body: dict) -> list[dict]:
        return self.backups.copies

    def find_backup(self, _body: dict, number: str) -> dict:
        return self.backups.copies[int(number) - 1]

    def backup_url(self, _body: dict, number: str) -> dict:
        return self.backups.url(number)

    def pipeline(self, _body: dict) -> dict:
        raise LookupError("The app is in no pipeline.")

    def none(self, _body: dict) -> list:
        """Answer that the app has none of these."""
        return []

    def list_releases(self, _body: dict) -> list[dict]:
        return self.releases[::-1]

    def find_release(self, _body: dict, number: str) -> dict:
        return self.releases[int(number) - 1]

    def roll_back(self, body: dict) -> dict:
        """Return to the code and the config vars of an earlier release, as a new one."""
        number = int(body["release"])
        earlier = self.versions[number - 1]
        self.config = dict(earlier.config)
        self.release(f"Rollback to v{number}", earlier.slug)
        return self.releases[-1]

    def run(self, body: dict) -> dict:
        """Raises LookupError where nothing was pushed yet."""
        if not self.slug:
            raise LookupError("No code was pushed to the app yet.")
        self.runs += 1
        name = f"run.{self.runs}"
        dyno = self.dyno(self.slug, "run", self.folder / f"{name}.log", body["command"])
        dyno.env["DYNO"] = name
        return self.rendezvous.invite(dyno)

    def account(self, _body: dict | None = None) -> dict:
        return {"id": "a-reader", "email": "you@example.com"}

    def authorize(self, body: dict) -> dict:
        """Return a token, which git.heroku.com takes for a password: git_over_http.py."""
        token = f"HRKU-{uuid4()}"
        self.tokens.add(token)
        return {"id": str(uuid4()), "scope": ["global"], "access_token": {"token": token}} | body

    def apps(self, _body: dict) -> list[dict]:
        return [self.app()] if self.name else []

    def log_session(self, body: dict) -> dict:
        wanted = {name: body[name] for name in ("source", "dyno", "lines", "tail") if body.get(name)}
        return {"logplex_url": f"{self.url}/log?{urlencode(wanted)}"}

    def list_domains(self, _body: dict) -> list[dict]:
        own = {"hostname": urlsplit(PUBLIC_URL).hostname, "kind": "heroku", "cname": None, "status": "none"}
        return [own, *self.domains]

    def add_domain(self, body: dict) -> dict:
        """Return a target made up from the name; Heroku makes one up from nothing."""
        target = {"cname": f"{body['hostname'].replace('.', '-')}.herokudns.com", "kind": "custom", "status": "pending"}
        self.domains.append({"hostname": body["hostname"], "sni_endpoint": None} | target)
        return self.domains[-1]

    def certify(self, _body: dict) -> dict:
        self.certified = True
        return self.app()

    def list_buildpacks(self, _body: dict | None = None) -> list[dict]:
        return [
            {"ordinal": ordinal, "buildpack": {"url": url, "name": REGISTRY.sub("", url)}}
            for ordinal, url in enumerate(self.buildpacks)
        ]

    def set_buildpacks(self, body: dict) -> list[dict]:
        self.buildpacks = [update["buildpack"] for update in body["updates"]]
        return self.list_buildpacks()

    def find_buildpack(self, _body: dict, namespace: str, name: str) -> dict:
        """Raises LookupError for a buildpack that the stand-in does not know."""
        if f"{namespace}/{name}" not in KNOWN:
            raise LookupError(f"{namespace}/{name}")
        return {"name": name, "namespace": namespace, "blob_url": f"{SHELF}/{namespace}/{name}.tgz"}

    def list_certificates(self, _body: dict) -> list[dict]:
        return []

    def push(self, body: dict) -> dict:
        """Build what was pushed and release it; "accepted" says whether git may take the push.

        Where the build fails, the push is refused. Where the release command fails, it is taken. In both cases what
        ran goes on.
        """
        source = Path(body["folder"])
        chosen = [REGISTRY.sub("", url) for url in self.buildpacks]
        try:
            slug = Slug(source, build(source, self.config, self.slug.build.python if self.slug else "", chosen))
        except BuildFailed as failure:
            return {"accepted": False, "log": str(failure)}
        self.buildpacks = self.buildpacks or [f"{SHELF}/{PYTHON}.tgz"]  # what was detected stays
        log = list(slug.build.log)
        if self.release("Deploy " + body["commit"][:8], slug):
            log += ["", "-----> Launching...", f"       Released v{self.releases[-1]['version']}"]
            log += [f"       {self.router.url}/ deployed to Heroku", "", "Verifying deploy... done."]
        return {"accepted": True, "log": "\n".join(log)}

    # What happens inside

    def dyno(self, slug: Slug, process: str, log_file: Path, command: str | None = None) -> Dyno:
        """Return a dyno with a copy of the files of its own."""
        copy = Path(shutil.copytree(slug.app, mkdtemp(prefix="dyno-", dir=slug.app.parent), dirs_exist_ok=True))
        return Dyno(copy, slug.build, log_file, process, self.config, command)

    def release(self, description: str, slug: Slug | None = None) -> bool:
        """Make a release, of another slug or of the same; return whether it runs.

        The release command goes first, whatever the reason: a push, a config var, an add-on, a rollback. Where it
        fails, the release is on the list as failed, and what ran goes on; config vars stay changed.
        Source: Dev Center, release-phase.
        """
        slug = slug or self.slug
        if slug and "release" in slug.build.processes and not self.run_release(slug):
            self.add_release(description, "failed")
            return False
        if slug:
            names = [name for name in slug.build.processes if name != "release"]
            self.slug = slug
            self.formation = {name: self.formation.get(name, int(name == "web")) for name in names}
        self.add_release(description, "succeeded")
        for process in {*self.dynos, *self.formation}:
            self.restart(process)
        return True

    def add_release(self, description: str, status: str) -> None:
        current = status == "succeeded"
        for earlier in self.releases if current else ():
            earlier["current"] = False
        version = len(self.releases) + 1
        now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        release = {"id": str(version), "version": version, "description": description, "created_at": now}
        self.versions.append(Version(self.slug, dict(self.formation), dict(self.config)))
        self.releases.append(
            release
            | {
                "status": status,
                "current": current,
                "eligible_for_rollback": current,
                "user": {"email": "you@example.com"},
            }
        )

    def run_release(self, slug: Slug) -> bool:
        """Return whether the release command ends well; one that does not end is a failure, as on Heroku."""
        self.starts += 1
        with self.dyno(slug, "release", self.folder / f"release-{self.starts}.log") as release:
            return eventually(lambda: release.popen.poll() is not None, RELEASE_SECONDS) and not release.wait()

    def restart(self, process: str) -> None:
        self.stop(process)
        if not self.slug or not self.formation.get(process):
            return
        self.starts += 1
        log_file = self.folder / f"{process}-{self.starts}.log"
        dyno = self.dynos[process] = self.dyno(self.slug, process, log_file).__enter__()
        if process == "web":
            self.router.down = "H10"
            self.boots.append(threading.Thread(target=self.boot, args=(dyno,), daemon=True))
            self.boots[-1].start()

    def boot(self, dyno: Dyno) -> None:
        """Open the door of the router for a web process that answers; stop one that failed to bind to its port."""
        within = self.boot_seconds
        try:
            if self.fails_on_purpose:
                eventually(lambda: dyno.addresses() or dyno.popen.poll() is not None)
                within = min(within, 3)
            if dyno.boot(within) in ("H10", "R10"):
                dyno.kill()
            elif self.dynos.get("web") is dyno:  # it was not replaced meanwhile
                self.router.target = dyno.door()
        except Exception:
            self.faults.append(traceback.format_exc())

    def stop(self, process: str) -> None:
        if process == "web":
            self.router.target, self.router.down = None, "H14"
        if dyno := self.dynos.pop(process, None):
            dyno.stop()
            dyno.__exit__()

    def settle(self) -> None:
        """Wait until the web processes that were started are up, or have failed. Raises AssertionError for a fault."""
        for boot in self.boots:
            boot.join(3 * BOOT_SECONDS)
        assert not self.faults, self.faults[0]

    def log(self, source: str = r"\w+", dyno: str = r"\w+") -> list[str]:
        """Return what `heroku logs` would show: of the dynos, then of the router."""
        now = datetime.now(UTC).isoformat()
        return [f"{now} {line}" for lines in self.logs(source, dyno) for line in lines]

    def logs(self, source: str = r"\w+", dyno: str = r"\w+") -> list[list[str]]:
        """Return the whole lines of each dyno that was started, then those of the router: each list only grows."""
        wanted = re.compile(rf"{source}\[{dyno}(\.\d+)?\]: ")
        found = []
        writing = {dyno.log_file for dyno in list(self.dynos.values()) if dyno.popen.poll() is None}
        for file in sorted(self.folder.glob("*-*.log"), key=lambda file: int(file.stem.rpartition("-")[2])):
            process = file.name.partition("-")[0]
            lines = file.read_text("utf-8", errors="replace").split("\n")
            if not lines[-1] or file in writing:  # what stands behind the last end of a line will grow
                lines.pop()
            names = ("heroku" if line.startswith("Error R") else "app" for line in lines)
            found.append([f"{name}[{process}.1]: {line}" for name, line in zip(names, lines, strict=True)])
        return [list(filter(wanted.match, lines)) for lines in [*found, list(self.router.log)]]


class Api(BaseHTTPRequestHandler):
    server: Heroku

    def handle_call(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or "{}")
        if self.path.startswith("/log?"):
            return self.stream(**dict(parse_qsl(self.path.partition("?")[2])))
        for (method, path), name in CALLS.items():
            if method == self.command and (match := re.fullmatch(path, self.path)):
                try:
                    content = getattr(self.server, name)(body, *match.groups())
                except LookupError as error:
                    return self.answer(404, {"id": "not_found", "message": str(error)})
                except Exception as error:  # the fixture `heroku` fails with its traceback
                    self.server.faults.append(traceback.format_exc())
                    return self.answer(500, {"id": "fault", "message": f"a fault of the stand-in: {error!r}"})
                return self.answer(200, content)
        self.server.unknown.append(f"{self.command} {self.path}")
        return self.answer(
            404, {"id": "not_found", "message": f"the stand-in does not know {self.command} {self.path}"}
        )

    do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = handle_call

    def answer(self, status: int, content: object) -> None:
        body = json.dumps(content).encode()
        self.send_response_only(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def stream(self, lines: str, tail: str = "", **whose: str) -> None:
        self.send_response_only(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        everything = self.server.logs(**whose)
        skip = max(sum(map(len, everything)) - int(lines), 0)
        sent = [0] * len(everything)
        for number, of_one in enumerate(everything):  # the last lines of all are shown, the ones before count as sent
            sent[number] = min(skip, len(of_one))
            skip -= sent[number]
        self.send_new(everything, sent)
        while tail and not self.server.over.wait(0.1):
            self.send_new(self.server.logs(**whose), sent)

    def send_new(self, everything: list[list[str]], sent: list[int]) -> None:
        """Send the lines of each list that were not sent, and count them. A new dyno stands before the router."""
        sent[-1:-1] = [0] * (len(everything) - len(sent))
        for number, lines in enumerate(everything):
            for line in lines[sent[number] :]:
                self.wfile.write(f"data: {datetime.now(UTC).isoformat()} {line}\n\n".encode())
            sent[number] = len(lines)

    def log_message(self, *_args: object) -> None:
        """Say nothing on stderr."""


def receive(url: str) -> int:
    """The remote's pre-receive hook: send each pushed branch to be built; refuse the push where the build fails.

    A commit without its parents is not built; Git itself refuses it, after this hook.
    """
    for line in sys.stdin:
        _old, commit, _branch = line.split()
        if subprocess.run(["git", "rev-list", "--quiet", commit], capture_output=True, timeout=60).returncode:
            print(" !\tPush rejected, source repository is a shallow clone.")
            print("Unshallow it with `git fetch --all --unshallow` and try pushing again.")
            return 0
        archive = subprocess.run(["git", "archive", commit], stdout=subprocess.PIPE, check=True, timeout=60).stdout
        folder = mkdtemp(prefix="build-", dir=Path.cwd())
        subprocess.run(["tar", "--extract"], input=archive, cwd=folder, check=True, timeout=60)
        answer = requests.post(f"{url}/pushes", json={"folder": folder, "commit": commit}, timeout=600).json()
        print(answer.get("log") or answer["message"])
        if not answer.get("accepted"):
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(receive(sys.argv[1]))
