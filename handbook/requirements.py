"""`make requirements`: pin the newest versions that requirements.in allows, for every Python from 3.11 on."""

import sys
from pathlib import Path

from handbook.paths import ROOT
from handbook.programs import LONG_SECONDS, run_program

COMMAND = (
    "pip compile --quiet --upgrade --universal --python-version 3.11 --no-header --no-emit-index-url --no-annotate"
).split()


def compile_requirements(root: Path) -> str:
    """Return what requirements.txt should contain today. Raises RuntimeError with uv's error message."""
    command = [str(Path(sys.executable).with_name("uv")), "--no-progress", *COMMAND, "requirements.in"]
    result = run_program(command, cwd=root, capture_output=True, encoding="utf-8", timeout=LONG_SECONDS)
    if result.returncode:
        raise RuntimeError(result.stderr.strip())
    return result.stdout


if __name__ == "__main__":
    try:
        (ROOT / "requirements.txt").write_text(compile_requirements(ROOT), "utf-8")
    except (RuntimeError, TimeoutError) as error:
        sys.exit(f"make requirements: {error}")
