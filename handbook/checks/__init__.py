"""The checks: what must be true of the sources before anything is built or started.

Each check is a function that takes the root of the project and yields a Finding for each problem.
`make check` prints them; tests/handbook/test_checks.py damages a copy of the project and expects the findings.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import polib

from handbook.data_files import DataError
from handbook.paths import is_leftover


@dataclass(frozen=True, order=True)
class Finding:
    """One problem: where (path relative to the root, line from 1; 0 for the whole file) and what to do.

    language: the code of the only language that it concerns; not needed if the path shows it, as for a catalogue.
    """

    path: str
    line: int
    advice: str
    language: str = ""

    @classmethod
    def of_entry(cls, path: str, entry: polib.POEntry, advice: str) -> Self:
        """Return the finding in an entry of a catalogue."""
        return cls(path, entry.linenum or 0, advice)

    @property
    def language_code(self) -> str:
        """The code of the language in which the problem is corrected."""
        folder, code = Path(self.path).parts[:2] if "/" in self.path else ("", "")
        return self.language or (code if folder == "locale" else "en")

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.advice}" if self.line else f"{self.path}: {self.advice}"


Check = Callable[[Path], Iterator[Finding]]


def run_check(check: Check, root: Path) -> Iterator[Finding]:
    """Yield the findings of a check; for a data file that it cannot read, what is wrong with that file."""
    try:
        yield from check(root)
    except DataError as error:
        yield Finding(error.file, error.line, error.advice)


def list_pages(root: Path) -> list[Path]:
    """Return the pages of docs/, relative to it, without folders that start with "_" and an editor's copies."""
    found = (path.relative_to(root / "docs") for path in (root / "docs").rglob("*.md") if not is_leftover(path))
    return sorted(path for path in found if not any(part.startswith("_") for part in path.parts))


def pages_by_slug(root: Path) -> dict[str, Path]:
    return {page.stem: page for page in list_pages(root)}
