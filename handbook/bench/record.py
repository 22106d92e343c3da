"""The record of `make bench`, docs/explanation/workers-and-threads.toml, from which the page is made.

The page shows ratios: how many times as many requests, or as much memory, as the first setup in the same run.
"""

import datetime
import os
import platform
import re
import statistics
from pathlib import Path

from handbook.bench.setups import BASE, LOADS, SECONDS, SETUPS, VISITORS
from handbook.data_files import DataError, is_text, load_toml
from handbook.programs import run_program
from handbook.sphinxext.versions import read_pins

FILE = "docs/explanation/workers-and-threads.toml"
METRICS = (*LOADS, "memory")
MAX_BUSY = 0.2  # where other programs use more, the measurements of "compute" say little
HEADER = """\
# Written by `make bench`, which measures again: requests per second under each load, and memory in MB, of each round.
# The page shows ratios only, because another machine is faster or slower.
"""


def find_versions(root: Path) -> dict[str, str]:
    """Return {program: version} for the programs that were measured, and for wrk, which measured them."""
    said = run_program(["wrk", "--version"], capture_output=True, text=True).stdout
    wrk = re.search(r"\d+(\.\d+)+", said)
    found = {"Python": platform.python_version(), "wrk": wrk[0] if wrk else "?"}
    folders = dict.fromkeys(setup.snippet.partition("/")[0] for setup in SETUPS)
    for folder in (*folders, *(setup.snippet for setup in SETUPS)):
        path = root / "snippets" / folder / "requirements.txt"
        found |= read_pins(path) if path.is_file() else {}
    return found


def write_record(root: Path, measured: dict[str, dict[str, list[float]]], day: datetime.date, busy: float) -> None:
    """Write the record. measured: {name of a setup: {metric: the values, one for each round}}.

    busy is the share of the machine, 0 to 1, that other programs used before and after.
    """
    lines = [HEADER, f"date = {day}", f"cores = {os.cpu_count()}", f"busy = {busy:.2f}"]
    lines += [f"visitors = {VISITORS}", f"seconds = {SECONDS}"]
    lines += ["", "[versions]", *(f'{name} = "{version}"' for name, version in find_versions(root).items())]
    for name, metrics in measured.items():
        lines += [
            "",
            f"[measured.{name}]",
            *(f"{metric} = {[round(n, 1) for n in metrics[metric]]}" for metric in METRICS),
        ]
    (root / FILE).write_text("\n".join(lines) + "\n", "utf-8")


def load_record(root: Path) -> dict:
    """Return the record. Raises DataError where it is missing or not as `make bench` writes it."""
    found = load_toml(root, FILE)
    try:
        complete = all(is_rounds(found["measured"][setup.name][metric]) for setup in SETUPS for metric in METRICS)
        # + 1, because these may be 0
        complete = complete and is_rounds([found[name] + 1 for name in ("cores", "busy", "visitors", "seconds")])
        complete = complete and type(found["date"]) is datetime.date and all(map(is_text, found["versions"].values()))
    except (KeyError, TypeError, AttributeError):
        complete = False
    if not complete:
        raise DataError(FILE, 0, "this is no whole record of the benchmark: run `make bench`, which writes it.")
    return found


def is_rounds(value: object) -> bool:
    """Return whether a value is what was measured in one round or more: a list of positive numbers."""
    return isinstance(value, list) and bool(value) and all(type(one) in (int, float) and one > 0 for one in value)


def ratio_to_base(record: dict, metric: str, name: str, base: str = BASE) -> float:
    """Return the ratio of a setup to the base in a metric, by the medians of the rounds."""
    middle = {which: statistics.median(record["measured"][which][metric]) for which in (name, base)}
    return middle[name] / middle[base]
