"""Facts: each is valid (`make check`), still true and was checked within half a year (`make check-facts`).

Only `make check-facts` asks which day it is: a build gives the same on every day.
"""

import datetime
import sys
from collections.abc import Iterator
from pathlib import Path

from handbook import facts
from handbook.checks import Finding, run_check, watch
from handbook.data_files import find_key_line, read_text
from handbook.paths import ROOT
from handbook.sphinxext import changes

MAX_AGE_DAYS = 180


def check_facts(root: Path) -> Iterator[Finding]:
    """Yield a finding for each invalid part of docs/facts.toml."""
    for line, advice in facts.find_problems(root):
        yield Finding(facts.FILE, line, advice)


def check_age(root: Path, today: datetime.date) -> Iterator[Finding]:
    """Yield a finding for each fact that was last checked more than MAX_AGE_DAYS ago, or on a day in the future."""
    source = (root / facts.FILE).read_text("utf-8")
    for name, fact in facts.load_facts(root).items():
        days, line = (today - fact["checked"]).days, find_key_line(source, name, "checked")
        if days > MAX_AGE_DAYS:
            advice = f"{name} was looked at {days} days ago: {watch.update_advice(fact)}"
            yield Finding(facts.FILE, line, advice)
        elif days < -1:  # in another time zone the next day may have begun
            yield Finding(
                facts.FILE, line, f"{name} has `checked = {fact['checked']}`, a day in the future: correct it."
            )


def check_change_dates(root: Path, today: datetime.date) -> Iterator[Finding]:
    """Yield a finding for each change for readers that is dated after tomorrow."""
    source = read_text(root, changes.FILE)
    for name, change in changes.load_changes(root).items():
        if (change["date"] - today).days > 1:
            line = find_key_line(source, name, "date")
            yield Finding(changes.FILE, line, f"{name} has `date = {change['date']}`, a day in the future: correct it.")


def main(today: datetime.date) -> int:
    """Print what is wrong, old or moved; return 1 if anything is."""
    if findings := sorted(run_check(check_facts, ROOT)):
        print(*findings, sep="\n")
        return 1
    old, future = sorted(check_age(ROOT, today)), sorted(check_change_dates(ROOT, today))
    report = watch.find_updates(ROOT)
    print(*report.notes, *old, *future, *sorted(report.updates), sep="\n")
    print(f"Facts checked more than {MAX_AGE_DAYS} days ago: {len(old)} of {len(facts.load_facts(ROOT))}.")
    print(f"Newer versions of sources and packages: {len(report.updates)}.")
    return bool(old or future or report.updates)


if __name__ == "__main__":
    sys.exit(main(datetime.date.today()))
