"""Reads an app.json, from which a deploy button or a review app makes an app.

Source: Dev Center, app-json-schema (3 December 2024).
"""

import json
import re
import secrets
from functools import cached_property
from pathlib import Path
from typing import Any

VARIABLE_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)


class Manifest:
    """The app.json of an app; parts of the wrong type are ignored. problem: what is wrong with the file, or ""."""

    def __init__(self, app: Path):
        path, self.problem, self.content = app / "app.json", "", dict[str, Any]()
        try:
            content = json.loads(path.read_text("utf-8")) if path.is_file() else {}
            self.content = content if isinstance(content, dict) else {}
        except (ValueError, RecursionError) as error:
            self.problem = f"app.json is not JSON, {error}: correct it there."

    def get_part(self, name: str, kind: type) -> Any:
        found = self.content.get(name)
        return found if isinstance(found, kind) else kind()

    @cached_property
    def buildpacks(self) -> list[str]:
        found = [one.get("url") for one in self.get_part("buildpacks", list) if isinstance(one, dict)]
        return [url for url in found if isinstance(url, str)]

    @cached_property
    def addons(self) -> list[str]:
        plans = [one.get("plan") if isinstance(one, dict) else one for one in self.get_part("addons", list)]
        return [plan.partition(":")[0] for plan in plans if isinstance(plan, str)]

    def split_env(self) -> tuple[dict[str, str], list[str]]:
        """Return (the config vars with a value, the names that must be given)."""
        given, missing = {}, []
        for name, entry in self.get_part("env", dict).items():
            if not VARIABLE_NAME.fullmatch(name):
                continue
            entry = entry if isinstance(entry, dict) else {"value": entry}
            if entry.get("generator") == "secret":
                given[name] = secrets.token_hex(32)
            elif entry.get("value") not in (None, ""):
                given[name] = str(entry["value"]).replace("\0", "")  # no environment variable can hold NUL
            elif entry.get("required", True) and "value" not in entry:
                missing.append(name)
        return given, missing
