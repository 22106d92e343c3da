"""Errors: each message of docs/reference/errors.toml can be shown, can be found in a log, and has its proofs."""

from collections.abc import Iterator
from pathlib import Path

from handbook import known_errors
from handbook.checks import Finding


def check_errors(root: Path) -> Iterator[Finding]:
    for line, advice in list(known_errors.find_problems(root)) or known_errors.find_missing_proofs(root):
        yield Finding(known_errors.FILE, line, advice)
