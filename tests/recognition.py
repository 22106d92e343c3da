"""Run "Paste your log" on the logs of the tests: for a broken variant, the entry that it proves must come first."""

from handbook import known_errors
from handbook.fake_heroku.process import has_lines
from handbook.paths import ROOT, SNIPPETS

ENTRIES = known_errors.load_errors(ROOT)


def format_heroku_log(log: str, router: list[str]) -> str:
    """Return the lines of an app and of the router as `heroku logs` prints them."""
    when = "2026-01-31T12:00:00.000000+00:00"
    lines = [f"{when} app[web.1]: {line}" for line in log.splitlines()]
    return "\n".join([*lines, *(f"{when} {line}" for line in router)])


def find_first_entry(log: str) -> known_errors.Entry | None:
    return next((match.entry for match in known_errors.match_log(log, ENTRIES)), None)


def check_broken_variant(name: str, log: str, router: list[str]) -> None:
    """Assert that a log with the message of a broken variant leads to an entry that names the variant as its proof.

    It must come first; only entries of a kind nearer to the cause may precede it, as before uWSGI's "no app loaded".
    """
    proves = {entry.id for entry in ENTRIES if name in entry.proof}
    if proves and has_lines(log, (SNIPPETS / name / "expected.txt").read_text("utf-8").splitlines()):
        whole = format_heroku_log(log, router)
        found = [match.entry for match in known_errors.match_log(whole, ENTRIES)]
        named = [entry.id for entry in found]
        place = next((place for place, entry in enumerate(found) if entry.id in proves), None)
        assert place is not None, f"{name} should be named as {proves}, and is as {named}:\n{whole}"
        ahead = {entry.kind for entry in found[:place]}
        nearer = known_errors.KINDS[: known_errors.KINDS.index(found[place].kind)]
        assert ahead <= set(nearer), f"{named} come before {found[place].id}:\n{whole}"
