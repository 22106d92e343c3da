"""An imitation of the deploy button: it turns an app.json into the config vars and the formation of an app.

Sources: Dev Center, app-json-schema (3 December 2024) and heroku-button; the sizes and the message are
Heroku's, as reported by people who pressed a button with an old file.
"""

import json
import secrets
from collections.abc import Callable
from pathlib import Path

from handbook.fake_heroku.addons import SERVERS

SIZES = "eco basic standard-1x standard-2x performance-m performance-l performance-l-ram performance-xl performance-2xl"
TIERS = "Process tier is invalid. Available process tiers are Eco, Basic, Production, Private, and Shield."


class SetupFailed(Exception):
    """Heroku would not set up an app that runs. str() is Heroku's message."""


def read_app_json(app: Path) -> dict:
    """Return the content of the app.json of an app, {} where it has none. Raises ValueError where it is not JSON."""
    path = app / "app.json"
    return json.loads(path.read_text("utf-8")) if path.is_file() else {}


def create_app(app: Path, provision_addon: Callable[[str], dict[str, str]]) -> tuple[dict[str, str], dict[str, int]]:
    """Return the config vars and the formation of the app that the button creates. Raises SetupFailed."""
    manifest = read_app_json(app)
    config: dict[str, str] = {}
    for plan in manifest.get("addons", ()):
        service, _colon, _plan = plan.partition(":")
        config |= provision_addon(SERVERS[service])
    for name, entry in manifest.get("env", {}).items():
        config[name] = secrets.token_hex(32) if entry.get("generator") == "secret" else entry["value"]
    formation = manifest.get("formation", {})
    if any(process["size"] not in SIZES.split() for process in formation.values()):
        raise SetupFailed(f"Error scaling dynos: {TIERS}")
    return config, {name: process["quantity"] for name, process in formation.items()}
