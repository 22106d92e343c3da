"""Ports for the servers of the tests, so that neither another test nor a client on this machine takes them first.

A port that the system chooses (a bind to port 0) may be taken between its choice and its use: the system also gives
ports of that range to every client that connects. The ports here are below that range, in blocks; a process owns one
block by binding the block's first port. There is no lock file, so it does not matter which user runs the process.
"""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from random import sample

from handbook.fake_heroku.process import OWN_NETWORK, eventually
from handbook.programs import run_program

BLOCK = 100
BLOCKS = range(20_000, 32_000, BLOCK)  # Linux gives 32768 and above to clients


def free_port() -> int:
    """Return a port on which nothing listens, the next one of the block that only this process uses."""
    first, _claim, turn = claim_block(os.getpid())
    ports = (first + 1 + next(turn) % (BLOCK - 1) for _ in range(BLOCK))
    found = next(filter(is_free, ports), None)
    if found is None:
        raise RuntimeError(f"Every port from {first + 1} to {first + BLOCK - 1} is in use.")
    return found


@cache
def claim_block(_process: int) -> tuple[int, socket.socket, Iterator[int]]:
    """Return (the block's first port, the socket that holds it, a counter), cached for the life of a process."""
    for first in sample(BLOCKS, len(BLOCKS)):
        claim = socket.socket()
        if try_to_bind(claim, ("127.0.0.1", first)):
            return first, claim, count()
        claim.close()
    raise RuntimeError(f"Another process holds each of the blocks of ports from {BLOCKS.start} to {BLOCKS.stop}.")


def is_free(port: int) -> bool:
    """Return whether a server could listen on the port, on every address."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do, to ignore TIME_WAIT
        return try_to_bind(probe, ("0.0.0.0", port))


@cache
def can_have_own_network() -> bool:
    """Return whether the user may start a process in its own network namespace; root usually may."""
    return run_program([*OWN_NETWORK, "true"], capture_output=True).returncode == 0


@contextmanager
def reserve_port(port: int) -> Iterator[bool]:
    """Lock a port that a page names, waiting for other tests on this machine; yield whether the port is free."""
    with socket.socket(socket.AF_UNIX) as lock:
        if not eventually(lambda: try_to_bind(lock, port_lock_name(port)), timeout=300):
            raise TimeoutError(f"Another test has held port {port} for five minutes.")
        yield is_free(port)


def port_lock_name(port: int) -> str:
    """Return the name of a socket that is no file (unix(7), "abstract"): the process that binds it has the lock."""
    return f"\0flask-on-heroku-port-{port}"


def try_to_bind(one: socket.socket, address: str | tuple[str, int]) -> bool:
    try:
        one.bind(address)
    except OSError:
        return False
    return True
