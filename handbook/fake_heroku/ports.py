"""Ports for the servers of the tests, so that neither another test nor a client of this machine takes them first.

A port of the system's choice (a bind to port 0) may go to somebody else between its choice and its use: the system
gives the same ones to every client that connects. These lie below, in blocks; a process owns one block at a time,
because it holds the block's first port. No file is written, and whose process it is does not matter.
"""

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from random import sample

from handbook.fake_heroku.process import OWN_NETWORK, eventually

BLOCK = 100
BLOCKS = range(20_000, 32_000, BLOCK)  # Linux gives 32768 and above to clients


def free_port() -> int:
    """Return a port on which nothing listens and that nobody else is given: this process's own, in turn."""
    first, _claim, turn = _claim_block(os.getpid())
    ports = (first + 1 + next(turn) % (BLOCK - 1) for _ in range(BLOCK))
    found = next(filter(_is_free, ports), None)
    if found is None:
        raise RuntimeError(f"Every port from {first + 1} to {first + BLOCK - 1} is in use.")
    return found


@cache
def _claim_block(_process: int) -> tuple[int, socket.socket, Iterator[int]]:
    """Return (the block's first port, the socket that holds it, a counter), the same for the life of a process."""
    for first in sample(BLOCKS, len(BLOCKS)):
        claim = socket.socket()
        try:
            claim.bind(("127.0.0.1", first))
        except OSError:
            claim.close()
        else:
            return first, claim, count()
    raise RuntimeError(f"Another process holds each of the blocks of ports from {BLOCKS.start} to {BLOCKS.stop}.")


def _is_free(port: int) -> bool:
    """Whether a server could listen there, on every address."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do: a closed connection may linger
        try:
            probe.bind(("0.0.0.0", port))
        except OSError:
            return False
    return True


@cache
def can_have_own_network() -> bool:
    """Whether this machine lets its user start a process in a network of its own; root always may."""
    return subprocess.run([*OWN_NETWORK, "true"], capture_output=True, timeout=60).returncode == 0


@contextmanager
def reserve_port(port: int) -> Iterator[bool]:
    """Wait until no other test of this machine holds a port that a page names; yield whether it is free."""
    with socket.socket(socket.AF_UNIX) as lock:
        if not eventually(lambda: _try_to_bind(lock, port_lock_name(port)), within=300):
            raise TimeoutError(f"Another test has held port {port} for five minutes.")
        yield _is_free(port)


def port_lock_name(port: int) -> str:
    """Return a name outside of all folders (unix(7), "abstract"): whoever binds it has it, until they end."""
    return f"\0flask-on-heroku-port-{port}"


def _try_to_bind(lock: socket.socket, name: str) -> bool:
    try:
        lock.bind(name)
    except OSError:
        return False
    return True
