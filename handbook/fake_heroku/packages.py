"""The packages of an app: the environment that holds them, made once and kept."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

from handbook.paths import ROOT


def environment(packages: Path) -> Path:
    """Return a virtual environment that holds just what a requirements.txt, or a uv.lock and its project, name.

    It is made once for each content of the files. Raises RuntimeError with uv's own words where that fails.
    """
    project = packages.with_name("pyproject.toml") if packages.name == "uv.lock" else None
    with made_once("", packages, *filter(None, [project])) as folder:
        if not (folder / "complete").is_file():
            shutil.rmtree(folder, ignore_errors=True)
            uv("venv", "--relocatable", "--python", sys.executable, folder)
            if project:
                # As lib/uv.sh of the buildpack does it.
                where = {"UV_PROJECT_ENVIRONMENT": str(folder), "UV_PYTHON_DOWNLOADS": "never"}
                uv("sync", "--locked", "--no-default-groups", "--project", project.parent, env=where)
            else:
                uv("pip", "install", "--python", folder, "-r", packages)
            (folder / "complete").touch()
    return folder


def lock_file(project: Path) -> Path:
    """Return the uv.lock of a pyproject.toml, made when it is needed: it names the package index of who made it."""
    with made_once("lock-", project) as folder:
        if not (folder / "uv.lock").is_file():
            folder.mkdir(exist_ok=True)
            shutil.copy(project, folder)
            uv("lock", "--project", folder)
    return folder / "uv.lock"


@contextmanager
def made_once(name: str, *files: Path) -> Iterator[Path]:
    """Yield a folder that belongs to the content of some files and to this Python, for one process at a time."""
    key = hashlib.sha256(b"".join(path.read_bytes() for path in files) + sys.version.encode()).hexdigest()[:16]
    folder = ROOT / "_build" / "environments" / (name + key)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{folder}.lock"):
        yield folder


def uv(*arguments: str | Path, env: dict[str, str] | None = None) -> None:
    command = [Path(sys.executable).with_name("uv"), "--quiet", "--no-progress", *arguments]
    env = os.environ | {"UV_PYTHON": sys.executable, "COLUMNS": "500"} | (env or {})
    result = subprocess.run(command, env=env, capture_output=True, text=True)
    if result.returncode:
        raise RuntimeError(result.stdout + result.stderr)
