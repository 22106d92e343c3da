"""An imitation of the deploy button: it turns an app.json into the config vars and the formation of an app.

Sources: Dev Center, app-json-schema (3 December 2024) and heroku-button; the sizes and the message are
Heroku's, as reported by people who pressed a button with an old file.
"""

from collections.abc import Callable
from pathlib import Path

from handbook.fake_heroku.addons import ADDON_MODULES
from handbook.fake_heroku.app_json import Manifest

SIZES = "eco basic standard-1x standard-2x performance-m performance-l performance-l-ram performance-xl performance-2xl"
TIERS = "Process tier is invalid. Available process tiers are Eco, Basic, Production, Private, and Shield."


class SetupFailed(Exception):
    """Heroku would not set up an app that runs. str() is Heroku's message."""


def create_app(app: Path, provision_addon: Callable[[str], dict[str, str]]) -> tuple[dict[str, str], dict[str, int]]:
    """Return the config vars and the formation of the app that the button creates. Raises SetupFailed."""
    manifest = Manifest(app)
    if manifest.problem:
        raise SetupFailed(manifest.problem)
    config: dict[str, str] = {}
    for service in manifest.addons:
        config |= provision_addon(ADDON_MODULES[service])
    formation = manifest.get_part("formation", dict)
    if any(process["size"] not in SIZES.split() for process in formation.values()):
        raise SetupFailed(f"Error scaling dynos: {TIERS}")
    return config | manifest.split_env()[0], {name: process["quantity"] for name, process in formation.items()}
