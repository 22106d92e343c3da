"""Measures one app under one load, on a dyno of its own, started in each way that the page compares.

The app is snippets/workers-and-threads/app.py: one of its URLs waits, another computes. It is copied into the snippet
whose files set the server up, so what is measured is what the guides show. `wrk` sends the requests, VISITORS at a
time, each over a new connection: a connection that is kept alive would belong to one worker.
"""

import random
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import product
from pathlib import Path
from typing import NamedTuple

from handbook.bench.setups import LOADS, ROUNDS, SECONDS, VISITORS, Setup
from handbook.fake_heroku.buildpack import build
from handbook.fake_heroku.dyno import Dyno, copy_app
from handbook.fake_heroku.process import eventually
from handbook.paths import SNIPPETS
from handbook.programs import run_program

APP_FILE = SNIPPETS / "workers-and-threads" / "app.py"
# "Socket errors" and "Non-2xx" are lines that wrk prints only where there were some.
REQUESTS = re.compile(r"^ +(\d+) requests in ([\d.]+)s,", re.MULTILINE)
FAILURES = re.compile(r"^ +(Socket errors|Non-2xx).*", re.MULTILINE)


class Reading(NamedTuple):
    setup: Setup
    metric: str  # a load, in requests per second, or "memory", in MB
    value: float


def make_dyno(setup: Setup, folder: Path) -> Dyno:
    """Return a dyno of the app, in a new folder, not yet started."""
    app = copy_app(setup.snippet, folder / "app")
    shutil.copy(APP_FILE, app)
    return Dyno(app, build(app), folder / "log.txt", command=setup.command)


def measure_requests(web: Dyno, load: str, seconds: float) -> float:
    """Return how many requests a dyno answers in a second. Raises RuntimeError where one was not answered."""
    address = f"http://127.0.0.1:{web.port}/{load}"
    visitors = [f"--connections={VISITORS}", "--threads=1", "--header=Connection: close", "--timeout=60s"]
    said = run_program(
        ["wrk", *visitors, f"--duration={seconds}s", address], capture_output=True, text=True, check=True
    ).stdout
    counted, failed = REQUESTS.search(said), FAILURES.search(said)
    if failed or not counted:
        raise RuntimeError(f"{address}: {failed[0].strip() if failed else said}\n{web.log}")
    # The workers still process the requests that were waiting when the time was up.
    assert eventually(lambda: web.probe(("127.0.0.1", web.port), 1) == "up"), web.log
    return int(counted[1]) / float(counted[2])


def measure_memory(setup: Setup, folder: Path) -> float:
    """Return the memory of a dyno in MB after both loads; no other dyno runs, because it would share pages with it."""
    with make_dyno(setup, folder).running() as web:
        for load in LOADS:
            measure_requests(web, load, 1)
        return web.memory_mb()


def measure(setups: Sequence[Setup], folder: Path, rounds: int = ROUNDS, seconds: int = SECONDS) -> Iterator[Reading]:
    """Yield readings: the memory of each setup, then in each round both loads of each, in another order each time.

    In the rounds all dynos run, and all but one are idle, so other activity of the machine affects all of them alike.
    """
    for setup in setups:
        yield Reading(setup, "memory", measure_memory(setup, folder / f"memory-{setup.name}"))
    with ExitStack() as running:
        dynos = [(setup, running.enter_context(make_dyno(setup, folder / setup.name).running())) for setup in setups]
        for _round in range(rounds):
            for (setup, web), load in random.sample([*product(dynos, LOADS)], len(dynos) * len(LOADS)):
                yield Reading(setup, load, measure_requests(web, load, seconds))
