"""requirements.in; and `make requirements`: pin the newest versions that it allows, for every Python from 3.11 on."""

import sys
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement

from handbook.data_files import DataError, read_text
from handbook.paths import ROOT
from handbook.programs import LONG_SECONDS, run_program

FILE = "requirements.in"
COMMAND = (
    "pip compile --quiet --upgrade --universal --python-version 3.11 --no-header --no-emit-index-url --no-annotate"
).split()


def read_requirements_in(root: Path) -> Iterator[tuple[int, Requirement, str]]:
    """Yield (line from 1, requirement, the reason behind its #, or "") for each package. Raises DataError."""
    for number, line in enumerate(read_text(root, FILE).splitlines(), 1):
        asked, _hash, reason = line.partition("#")
        if asked.strip() and not asked.startswith("-"):
            try:
                yield number, Requirement(asked.strip()), reason.strip()
            except InvalidRequirement:
                raise DataError(FILE, number, "this is no requirement: correct the line.") from None


def compile_requirements(root: Path) -> str:
    """Return what requirements.txt should contain today. Raises RuntimeError with uv's error message."""
    command = [str(Path(sys.executable).with_name("uv")), "--no-progress", *COMMAND, FILE]
    result = run_program(command, cwd=root, capture_output=True, encoding="utf-8", timeout=LONG_SECONDS)
    if result.returncode:
        raise RuntimeError(result.stderr.strip())
    return result.stdout


if __name__ == "__main__":
    try:
        (ROOT / "requirements.txt").write_text(compile_requirements(ROOT), "utf-8")
    except (RuntimeError, TimeoutError) as error:
        sys.exit(f"make requirements: {error}")
