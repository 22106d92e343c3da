"""`make bench`: measure every setup, and write the record. It takes five minutes; nothing else should run meanwhile."""

import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from handbook.bench import record
from handbook.bench.measure import measure
from handbook.bench.setups import SETUPS
from handbook.paths import ROOT


def main() -> None:
    measured: dict[str, dict[str, list[float]]] = {}
    busy = psutil.cpu_percent(3) / 100
    with TemporaryDirectory() as folder:
        for setup, metric, value in measure(SETUPS, Path(folder)):
            print(f"{setup.line}: {metric} {value:.1f}", flush=True)
            measured.setdefault(setup.name, {}).setdefault(metric, []).append(value)
    busy = max(busy, psutil.cpu_percent(3) / 100)
    record.write_record(ROOT, measured, datetime.date.today(), busy)
    if busy > record.MAX_BUSY:
        print(f"Other programs used {busy:.0%} of this machine: measure again in a quiet moment.")
    print(f"{record.FILE} is written: read `git diff`, then run `make test PAGE=workers-and-threads`")


if __name__ == "__main__":
    main()
