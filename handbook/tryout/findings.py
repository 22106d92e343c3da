"""Turns a log into what a reader is told: the entry of the errors page that matches it, its cure, and a link."""

import re
import textwrap
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from handbook import known_errors
from handbook.fake_heroku.limits import FACTS
from handbook.known_errors import Entry, Match
from handbook.paths import ROOT, SITE
from handbook.sphinxext.facts import SUBSTITUTION
from handbook.sphinxext.languages import site_url

WIDTH = 110
FAULT_KINDS = known_errors.KINDS[:3]  # without warning and advice
LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
ROLE = re.compile(r"\{[a-z]+\}(?=`)")
MISSING_CONFIG_VAR = re.compile(r"KeyError: '([A-Z][A-Z0-9_]+)'")


@dataclass(frozen=True)
class Fault:
    """Something that keeps an app from working. entry, cure and page are "" where no entry matches."""

    where: str  # what has the fault, such as "web"
    what: str  # one line
    line: str = ""  # the line of the log that matches the entry
    entry: str = ""
    cure: str = ""  # two lines at most
    page: str = ""
    tail: tuple[str, ...] = ()  # the last lines of the log
    config_var: str = ""  # the one that the app lacks, where that is the fault


@cache
def load_entries() -> list[Entry]:
    return known_errors.load_errors(ROOT)


def match_entries(log: str, *kinds: str) -> list[Match]:
    """Return the entries that match a log, the cause first; if kinds are named, only those."""
    return [match for match in known_errors.match_log(log, load_entries()) if not kinds or match.entry.kind in kinds]


def make_fault(where: str, what: str, log: str, tail: int = 0, kinds: tuple[str, ...] = FAULT_KINDS) -> Fault:
    """Return the fault that a log shows, with its last `tail` lines; a fault without an entry always has some lines."""
    found = next(iter(match_entries(log, *kinds)), None)
    lines = [line for line in log.splitlines() if line.strip()]
    if found is None:
        return Fault(where, what, tail=tuple(lines[-(tail or 10) :]))
    if found.entry.kind == "headline":  # the entry says: look at the lines above
        tail = tail or 10
    return describe_match(where, what, found, tuple(lines[-tail:]) if tail else ())


def describe_match(where: str, what: str, match: Match, tail: tuple[str, ...] = ()) -> Fault:
    line, entry = match.line.strip(), match.entry.id
    variable = MISSING_CONFIG_VAR.search(line)
    return Fault(where, what, line, entry, render_cure(match), find_page(entry), tail, variable[1] if variable else "")


def render_cure(match: Match) -> str:
    """Return the cure as plain text of two lines at most; of several causes, the beginning of the first two."""
    causes = [render_plain_text(fill_placeholders(cause, match)) for cause in match.entry.causes[:2]]
    return "\n".join(truncate_sentences(cause, 2 // len(causes)) for cause in causes)


def truncate_sentences(text: str, lines: int) -> str:
    """Return as many whole sentences as fit into so many lines; a first sentence that does not fit is cut off."""
    said, *more = re.split(r"(?<=\.) (?=[A-Z`])", text)
    while more and len(textwrap.wrap(f"{said} {more[0]}", WIDTH)) <= lines:
        said = f"{said} {more.pop(0)}"
    return "\n".join(textwrap.wrap(said, WIDTH, max_lines=lines, placeholder=" …"))


def fill_placeholders(text: str, match: Match) -> str:
    """Return a text of an entry, with its placeholders replaced by what the log has in their place."""
    for pattern, pieces in zip(match.entry.patterns, match.entry.pieces, strict=True):
        names = known_errors.PLACEHOLDER.findall(pattern)
        expression = "(.+?)".join(map(re.escape, pieces)) + ("" if pieces[-1] else "$")
        if found := re.search(expression, match.line):
            for name, value in zip(names, found.groups(), strict=True):
                text = text.replace(name, value)
            break
    return text


def render_plain_text(text: str) -> str:
    """Return MyST as plain text for a terminal."""
    text = SUBSTITUTION.sub(lambda fact: FACTS[fact[1]]["value"] if fact[1] in FACTS else fact[0], text)
    return ROLE.sub("", LINK.sub(r"\1", text)).replace("**", "")


def find_page(anchor: str, name: str = known_errors.PAGE) -> str:
    """Return the address of an entry: on the site that is built here, or on the published one; "" without either."""
    built = SITE / "en" / f"{name}.html"
    if built.is_file():
        near = built.relative_to(ROOT) if Path.cwd() == ROOT else built
        return f"{near}#{anchor}"
    return site_url() and f"{site_url()}en/{name}.html#{anchor}"
