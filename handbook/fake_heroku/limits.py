"""Heroku's limits as numbers, read from docs/facts.toml, so that a page and the imitation cannot differ."""

from handbook.data_files import DataError, find_key_line, read_text
from handbook.facts import FILE, load_facts
from handbook.paths import ROOT

FACTS = load_facts(ROOT)


def read_limit(fact: str) -> int:
    """Return the number with which the value of a fact begins: 512 for "512 MB". Raises DataError where none does."""
    try:
        return int(FACTS[fact]["value"].split()[0])
    except (KeyError, ValueError):
        line = find_key_line(read_text(ROOT, FILE), fact, "value") if fact in FACTS else 0
        advice = f"the imitation of Heroku reads {fact}: write a value that begins with a whole number."
        raise DataError(FILE, line, advice) from None


BOOT_SECONDS = read_limit("boot_timeout")  # R10 after this
EXIT_SECONDS = read_limit("shutdown_grace")  # R12 after this
REQUEST_SECONDS = read_limit("request_timeout")  # H12 after this
IDLE_SECONDS = read_limit("rolling_timeout")  # H15 after this, between two parts of a response
MEMORY_MB = read_limit("small_dyno_memory")  # R14 above this
WEB_CONCURRENCY = read_limit("web_concurrency_small")
