"""Facts expire: `make check-facts` lists those that nobody has looked at for half a year."""

import datetime
import sys
from collections.abc import Iterator
from pathlib import Path

from handbook.checks import Finding
from handbook.paths import ROOT
from handbook.sphinxext.facts import read

DAYS = 180


def gate(root: Path, today: datetime.date) -> Iterator[Finding]:
    lines = (root / "docs" / "facts.toml").read_text("utf-8").splitlines()
    for name, fact in read(root).items():
        age = (today - fact["checked"]).days
        if age > DAYS:
            advice = f"{name} was looked at {age} days ago: read {fact['source']} again, correct value and checked."
            yield Finding("docs/facts.toml", lines.index(f"[{name}]") + 1, advice)


def main() -> int:
    findings = sorted(gate(ROOT, datetime.date.today()))
    print(*findings, f"{len(findings)} of {len(read(ROOT))} facts are older than {DAYS} days", sep="\n")
    return bool(findings)


if __name__ == "__main__":
    sys.exit(main())
