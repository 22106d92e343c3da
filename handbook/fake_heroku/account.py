"""An imitation of a Heroku account with its apps, to which the real CLI and the real Git talk.

api.py handles the calls of the CLI, git_remote.py receives pushes, app.py builds, releases and runs them. README.md
beside this file says what is not imitated.
"""

import re
import shutil
import threading
from collections.abc import Callable
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Self
from uuid import uuid4

from handbook.fake_heroku import git_remote
from handbook.fake_heroku.api import Api
from handbook.fake_heroku.app import App, InvalidParams, NotFound
from handbook.fake_heroku.limits import BOOT_SECONDS, read_limit
from handbook.fake_heroku.rendezvous import Rendezvous

DEFAULT_NAME = "hello-heroku"


def cli_environment(url: str) -> dict[str, str]:
    """Return the environment variables with which the CLI talks to a URL as a logged-in user.

    Source: the variables that the Heroku CLI reads, lib/vars.js of @heroku-cli/command among others.
    """
    return {
        "HEROKU_HOST": url,
        "HEROKU_PARTICLEBOARD_URL": url,  # the service that says whether the account is delinquent
        "HEROKU_DATA_HOST": "127.0.0.1",  # the service for databases: here, the same server
        "HEROKU_GIT_HOST": "git.heroku.com",
        "HEROKU_API_KEY": "a-key",
    }


class Account:
    """A reader's account with any number of apps, alive inside a `with` block. Made by the fixture `heroku`.

    provision_addon(server): returns the config vars of a new add-on; server is a module of addons/. initial_config: the
    config vars of each new app. boot_seconds, elsewhere_seconds: how long Dyno.boot() waits. unknown_calls: calls for
    which api.py has no route; explain(call, command): the message that the CLI shows for one. tracebacks: those of
    exceptions in the imitation itself.
    Source: Heroku's Platform API reference, "Account" and "App".
    """

    def __init__(
        self,
        folder: Path,
        provision_addon: Callable[[str], dict[str, str]],
        boot_seconds: float = BOOT_SECONDS,
        elsewhere_seconds: float = BOOT_SECONDS,
    ):
        self.api = Api(self)
        self.folder, self.url = folder, self.api.url
        self.provision_addon = provision_addon
        self.boot_seconds, self.elsewhere_seconds = boot_seconds, elsewhere_seconds
        self.apps: dict[str, App] = {}
        self.initial_config: dict[str, str] = {}
        self.tokens: set[str] = set()
        self.unknown_calls: list[str] = []
        self.tracebacks: list[str] = []
        self.explain: Callable[[str, str], str] = lambda call, _command: f"the imitation does not know {call}"
        self.addon_numbers = count(12345)
        self.is_closing = threading.Event()

    def __enter__(self) -> Self:
        self.resources = ExitStack()
        self.rendezvous = self.resources.enter_context(Rendezvous(self.folder))
        self.resources.callback(self.close_apps)
        self.resources.enter_context(self.api)
        return self

    def __exit__(self, *_error: object) -> None:
        self.is_closing.set()
        self.resources.close()

    def close_apps(self) -> None:
        """Close every app. Source: Platform API reference, "App Delete"."""
        with ExitStack() as ends:
            for app in self.apps.values():
                ends.callback(app.close)

    def environment(self) -> dict[str, str]:
        """Return the environment variables with which the CLI and Git talk to this account as a logged-in user."""
        return cli_environment(self.url) | {
            "HEROKU_BUILDPACK_REGISTRY_URL": self.url,
            "NODE_EXTRA_CA_CERTS": str(self.rendezvous.certificate),
            **git_remote.git_settings({f"url.{self.folder}/.pushInsteadOf": "https://git.heroku.com/"}),
        }

    @property
    def app(self) -> App:
        """The newest app. Raises IndexError where there is none."""
        return [*self.apps.values()][-1]

    def create(self, name: str = "") -> App:
        """Create an app with a Git remote and return it; without a name, Heroku makes one up. Raises InvalidParams.

        Source: Platform API reference, "App Create"; the rule for a name is app_name_max of docs/facts.toml.
        """
        others = (f"{DEFAULT_NAME}-{number}" for number in range(2, 10_000))
        name = name or next(free for free in (DEFAULT_NAME, *others) if free not in self.apps)
        if name in self.apps:
            raise InvalidParams(f"Name {name} is already taken")
        if not re.fullmatch("[a-z][a-z0-9-]*[a-z0-9]", name) or not 3 <= len(name) <= read_limit("app_name_max"):
            raise InvalidParams(
                "Name must start with a letter, end with a letter or digit and can only contain lowercase letters, "
                f"digits, and dashes, {read_limit('app_name_max')} characters at most."
            )
        git_remote.create_repository(self.folder / f"{name}.git", f"{self.url}/apps/{name}/pushes")
        self.apps[name] = App(self, name)
        return self.apps[name]

    def find(self, name: str) -> App:
        """Return the app of that name. Raises NotFound. Source: Platform API reference, "App Info"."""
        if name not in self.apps:
            raise NotFound("Couldn't find that app.")
        return self.apps[name]

    def destroy(self, app: App) -> None:
        """Stop the dynos of an app and delete it. Source: Platform API reference, "App Delete"."""
        del self.apps[app.name]
        app.close()
        shutil.rmtree(self.folder / f"{app.name}.git")  # it also holds the pushed files and the dynos' copies

    def list_addons(self, app: str | None = None) -> list[dict]:
        """Return the add-ons of one app, or of all. Source: Platform API reference, "Add-on List"."""
        return [addon for one in self.apps.values() if app in (None, one.name) for addon in one.addons]

    def authorize(self) -> str:
        """Create and return a token, which git.heroku.com accepts as a password: git_over_http.py.

        Source: Platform API reference, "OAuth Authorization Create".
        """
        token = f"HRKU-{uuid4()}"
        self.tokens.add(token)
        return token

    def wait_for_boots(self) -> None:
        """Call App.wait_for_boots() for each app."""
        for app in self.apps.values():
            app.wait_for_boots()
