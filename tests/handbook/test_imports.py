"""Every module of the package handbook can be imported from any working directory, and without PATH."""

import ast
import os
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path
from pkgutil import walk_packages

from packaging.utils import canonicalize_name

import handbook
from handbook.fake_heroku.process import DEFAULT_TIMEOUT
from handbook.paths import ROOT
from handbook.sphinxext.versions import list_direct

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
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PATH")}
    command = [sys.executable, "-c", IMPORT_EACH, *names]
    result = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=DEFAULT_TIMEOUT, check=False
    )
    assert result.stdout + result.stderr == ""


def test_every_package_that_is_imported_is_named_in_requirements_in():
    """Otherwise it is there by chance, as long as another package brings it."""
    files = [ROOT / "conf.py", *(file for name in ("handbook", "tests") for file in (ROOT / name).rglob("*.py"))]
    nodes = [node for file in files for node in ast.walk(ast.parse(file.read_text("utf-8")))]
    modules = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    modules |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    packages = packages_distributions()
    named, found = set(list_direct(ROOT)), {name.partition(".")[0] for name in modules} & packages.keys()
    assert {"sphinx", "requests"} <= found
    assert [name for name in sorted(found) if not named & {canonicalize_name(one) for one in packages[name]}] == []


def test_make_try_starts_without_sphinx():
    code = "import sys, handbook.tryout.trial; print({'docutils', 'sphinx'} & {*sys.modules})"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout == "set()\n"
