"""The workflow files are valid, safe, and run the targets that there are."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from handbook.paths import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
SCHEMAS = [(path, "github-workflows") for path in WORKFLOWS]
SCHEMAS += [(ROOT / ".github" / "dependabot.yml", "dependabot"), (ROOT / ".readthedocs.yaml", "readthedocs")]
MAKE = re.compile(r"^\s*(?:- )?(?:\w+: )?make (.+)$", re.MULTILINE)


def run(program: str, *arguments: str | Path) -> None:
    """Run a program of the environment, and fail with what it says."""
    result = subprocess.run([Path(sys.executable).with_name(program), *arguments], capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(("path", "schema"), SCHEMAS, ids=lambda value: getattr(value, "name", value))
def test_a_file_follows_the_schema_of_its_service(path, schema):
    run("check-jsonschema", "--builtin-schema", f"vendor.{schema}", path)


def test_no_workflow_has_a_known_weakness():
    run("zizmor", "--offline", "--no-progress", "--strict-collection", ROOT / ".github")


@pytest.mark.parametrize(
    "path", [*WORKFLOWS, ROOT / ".readthedocs.yaml", ROOT / ".pre-commit-config.yaml"], ids=lambda path: path.name
)
def test_what_a_workflow_makes_is_a_target_of_the_makefile(path):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    words = " ".join(MAKE.findall(path.read_text("utf-8"))).split()
    asked = {word for word in words if not word.startswith("-") and "=" not in word}
    assert asked
    assert asked <= targets
