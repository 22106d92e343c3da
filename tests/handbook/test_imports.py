"""Every module of the package handbook can be imported from any working directory."""

import os
import subprocess
import sys
from pathlib import Path
from pkgutil import walk_packages

import handbook
from handbook.fake_heroku.process import DEFAULT_TIMEOUT
from handbook.paths import ROOT

# Imports the modules one by one, and prints those that fail and those that change sys.path.
IMPORT_EACH = """
import importlib, sys

for name in sys.argv[1:]:
    before = list(sys.path)
    try:
        importlib.import_module(name)
    except Exception as error:
        print(f"{name}: {error!r}")
    if sys.path != before:
        print(f"{name} changes sys.path")
"""


def test_every_module_is_imported_from_any_folder_and_leaves_sys_path_alone(tmp_path: Path):
    names = [module.name for module in walk_packages(handbook.__path__, "handbook.")]
    files = [path.relative_to(ROOT).with_suffix("") for path in (ROOT / "handbook").rglob("*.py")]
    unreached = {".".join(file.parts) for file in files if file.name != "__init__"} - set(names)
    assert not unreached, "their folder has no __init__.py"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [sys.executable, "-c", IMPORT_EACH, *names]
    result = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=DEFAULT_TIMEOUT, check=False
    )
    assert result.stdout + result.stderr == ""
