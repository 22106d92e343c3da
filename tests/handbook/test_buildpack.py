"""handbook/fake_heroku/buildpack.py beside the real buildpack: each recorded folder has the recorded outcome.

buildpack_cases.json holds one app folder a line, and what v351 of Heroku's Python buildpack did with it: its own
bin/detect and the decisions of its own bin/compile were run, up to the download of Python. What a file's value is:
a text; {"base64": …} for other bytes; {"link": target}; {"text": …, "executable": true}; null for a folder.
"""

import base64
import json
from pathlib import Path

import pytest

from handbook.fake_heroku import buildpack
from handbook.fake_heroku.buildpack import Build, BuildFailed, decide, detect
from handbook.paths import ROOT

CASES = json.loads((ROOT / "tests/handbook/buildpack_cases.json").read_text("utf-8"))
GROUPS = sorted({case["name"].partition(":")[0] for case in CASES})
# What v351 knew on the day of the recording: later releases know more versions, and nothing else of this is new.
NEWEST_OF_V351 = 14
LATEST_OF_V351 = {"3.10": "3.10.21", "3.11": "3.11.16", "3.12": "3.12.14", "3.13": "3.13.15", "3.14": "3.14.7"}
AFTER_THE_DECISIONS = ("Error: The requested Python version isn't available.", buildpack.UNEXPECTED)
APP = {"requirements.txt": "", ".python-version": "3.14\n", "app.py": ""}


def write(files: dict, folder: Path) -> Path:
    for name, value in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if value is None:
            path.mkdir(parents=True, exist_ok=True)
        elif isinstance(value, str):
            path.write_text(value, "utf-8", newline="")
        elif "link" in value:
            path.symlink_to(value["link"])
        elif "base64" in value:
            path.write_bytes(base64.b64decode(value["base64"]))
        else:
            path.write_text(value["text"], "utf-8", newline="")
            path.chmod(0o755 if value.get("executable") else 0o644)
    return folder


def outcome(app: Path, last_python: str = "") -> dict:
    """Return what the buildpack decides about an app, in the form of the recording: what is empty is left out."""
    result, outcome = Build(), "accepted"
    try:
        detect(app, result, chosen=True)
        decide(app, result, last_python=last_python)
    except BuildFailed:
        outcome = "refused"
    marked = [line.removeprefix(" !     ") for line in result.log if line.startswith(" !     ")]
    error = next((line for line in marked if line.startswith(("Error:", "Internal"))), "")
    if error in AFTER_THE_DECISIONS:
        outcome = "fails at download"
    if error.startswith("Error: Your app is configured"):
        outcome = "not detected"
    answer = {
        "outcome": outcome,
        "error": error,
        "warnings": [line for line in marked if line.startswith("Warning:")],
        "package_manager": result.package_manager,
        "requested": result.requested,
        "origin": result.origin,
        "python": result.python,
    }
    return {name: value for name, value in answer.items() if value}


@pytest.fixture
def v351(monkeypatch):
    monkeypatch.setattr(buildpack, "NEWEST", NEWEST_OF_V351)
    monkeypatch.setattr(buildpack, "LATEST", LATEST_OF_V351)


@pytest.mark.parametrize("group", GROUPS)
def test_each_folder_has_the_outcome_that_the_real_buildpack_had(group, v351, tmp_path):
    different = {}
    for number, case in enumerate(case for case in CASES if case["name"].partition(":")[0] == group):
        answer = outcome(write(case["files"], tmp_path / str(number)))
        if answer != case["expect"]:
            different[case["name"]] = {
                key: f"{case['expect'].get(key, '')!r} on Heroku, {answer.get(key, '')!r} here"
                for key in case["expect"] | answer
                if case["expect"].get(key) != answer.get(key)
            }
    assert not different
