"""Builds an app with the buildpacks that are set for it, one after the other: those that `heroku buildpacks` lists.

Rules: Dev Center, managing-buildpacks (8 January 2025); bin/detect of each buildpack; for Node.js, bin/compile and
lib/package_manager.sh of heroku-buildpack-nodejs (20 August 2026). npm runs for real, with the Node of this machine.
The packages of an Aptfile and Chrome are not installed, and no token is given to Git: of their buildpacks, only
bin/detect is imitated, which decides whether a buildpack accepts the app.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from handbook.fake_heroku import buildpack
from handbook.fake_heroku.buildpack import Build
from handbook.fake_heroku.packages import build_environment

PYTHON = "heroku/python"
# {buildpack: (the file that it looks for in the top folder, "" where it accepts every app; the name that it prints)}
DETECTION = {
    "heroku/nodejs": ("package.json", "Node.js"),
    "heroku-community/apt": ("Aptfile", "Apt"),
    "heroku-community/chrome-for-testing": ("", "Chrome for Testing"),
    "https://github.com/heroku/heroku-buildpack-github-netrc.git": ("", "github-netrc"),
}
KNOWN_BUILDPACKS = (PYTHON, *DETECTION)
# With these settings npm uses the network only to download packages.
NPM_ENVIRONMENT = {"NODE_ENV": "production", "npm_config_audit": "false", "npm_config_fund": "false"}
NPM_ENVIRONMENT |= {"npm_config_update_notifier": "false", "npm_config_loglevel": "error"}


def build_with(
    app: Path, config: Mapping[str, str] | None = None, last_python: str = "", chosen: Sequence[str] = ()
) -> Build:
    """Build with the chosen buildpacks; with none, detect one as Heroku does. Raises BuildFailed with the log."""
    if not chosen:
        return buildpack.build(app, config, last_python)
    result = Build()
    result.step(f"Using buildpack{'s' * (len(chosen) > 1)}:")
    result.indent([f"{number}. {name}" for number, name in enumerate(chosen, 1)])
    for name in chosen:
        if name == PYTHON:
            buildpack.run(app, result, config, last_python, is_chosen=True)
        else:
            build_other(app, name, result, config)
    result.read_procfile(app)
    return result


def build_other(app: Path, name: str, result: Build, config: Mapping[str, str] | None) -> None:
    if name not in DETECTION:
        known = ", ".join(KNOWN_BUILDPACKS)
        result.fail(f"(The imitation does not have the buildpack {name}: it has {known}.)", "Push failed")
    file, title = DETECTION[name]
    if file and not (app / file).is_file():
        result.step(f"App not compatible with buildpack: {name}")
        result.fail(f"(It looks for {file} in the top folder.)", "Push failed")
    result.step(f"{title} app detected")
    if name == "heroku/nodejs":
        build_node(app, result, config)
    else:
        result.indent(["(The imitation installs nothing here.)"])


def build_node(app: Path, result: Build, config: Mapping[str, str] | None) -> None:
    """Install what package.json lists, then run its script heroku-postbuild, or else build."""
    result.step("Installing dependencies")
    run_npm(app, result, config, "ci" if (app / "package-lock.json").is_file() else "install", "--include=dev")
    scripts = json.loads((app / "package.json").read_text("utf-8")).get("scripts") or {}
    if script := next((name for name in ("heroku-postbuild", "build") if name in scripts), ""):
        result.step("Build")
        run_npm(app, result, config, "run", script)
    result.step("Pruning devDependencies")
    run_npm(app, result, config, "prune")


def run_npm(app: Path, result: Build, config: Mapping[str, str] | None, *words: str) -> None:
    if result.run_logged(["npm", *words], app, build_environment() | NPM_ENVIRONMENT | dict(config or {})):
        result.step("Build failed")
        result.fail("(npm says above what went wrong.)", "Push rejected, failed to compile Node.js app.")
