"""Heroku's limits as numbers. They are read from docs/facts.toml: a page and the imitation cannot differ."""

from handbook.paths import ROOT
from handbook.sphinxext.facts import load_facts

FACTS = load_facts(ROOT)


def read_limit(fact: str) -> int:
    """Return the number with which the value of a fact begins: 512 of "512 MB"."""
    return int(FACTS[fact]["value"].split()[0])


BOOT_SECONDS = read_limit("boot_timeout")  # R10 after this
EXIT_SECONDS = read_limit("shutdown_grace")  # R12 after this
REQUEST_SECONDS = read_limit("request_timeout")  # H12 after this
IDLE_SECONDS = read_limit("rolling_timeout")  # H15 after this, between two parts of an answer
MEMORY_MB = read_limit("small_dyno_memory")  # R14 above this
WEB_CONCURRENCY = read_limit("web_concurrency_small")
