"""From a log to what a reader is told: the entry of the errors page that names it, its cure, and where it is read."""

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
FAULTS = known_errors.KINDS[:3]  # a warning is none
LINKED = re.compile(r"\[([^\]]*)\]\([^)]*\)")
ROLE = re.compile(r"\{[a-z]+\}(?=`)")
NO_CONFIG_VAR = re.compile(r"KeyError: '([A-Z][A-Z0-9_]+)'")


@dataclass(frozen=True)
class Fault:
    """Something that keeps an app from working. entry, cure and page are "" where no entry names it."""

    where: str  # "web"
    what: str  # one line
    line: str = ""  # what the log says
    entry: str = ""
    cure: str = ""  # two lines at most
    page: str = ""
    tail: tuple[str, ...] = ()  # the last lines of the log
    config_var: str = ""  # which the app asks for, where that is the fault


@cache
def entries() -> list[Entry]:
    return known_errors.load_errors(ROOT)


def recognised(log: str, *kinds: str) -> list[Match]:
    """Return what a log says, the cause first; only of these kinds, if any are named."""
    return [match for match in known_errors.match_log(log, entries()) if not kinds or match.entry.kind in kinds]


def fault(where: str, what: str, log: str, tail: int = 0, kinds: tuple[str, ...] = FAULTS) -> Fault:
    """Return the fault that a log shows; tail: how many of its last lines to show. One without an entry shows some."""
    found = next(iter(recognised(log, *kinds)), None)
    lines = [line for line in log.splitlines() if line.strip()]
    if found is None:
        return Fault(where, what, tail=tuple(lines[-(tail or 10) :]))
    if found.entry.kind == "headline":  # the entry says: look at the lines above
        tail = tail or 10
    return of(where, what, found, tuple(lines[-tail:]) if tail else ())


def of(where: str, what: str, match: Match, tail: tuple[str, ...] = ()) -> Fault:
    line, entry = match.line.strip(), match.entry.id
    variable = NO_CONFIG_VAR.search(line) if entry == "keyerror-api-key" else None
    return Fault(where, what, line, entry, cure(match), page(entry), tail, variable[1] if variable else "")


def cure(match: Match) -> str:
    """Return in plain words what to do, in two lines at most: of several causes, the beginning of the first two."""
    causes = [plain(filled(cause, match)) for cause in match.entry.causes[:2]]
    return "\n".join(short(cause, 2 // len(causes)) for cause in causes)


def short(text: str, lines: int) -> str:
    """Return as many whole sentences as so many lines hold; of a first sentence that is longer, its beginning."""
    said, *more = re.split(r"(?<=\.) (?=[A-Z`])", text)
    while more and len(textwrap.wrap(f"{said} {more[0]}", WIDTH)) <= lines:
        said = f"{said} {more.pop(0)}"
    return "\n".join(textwrap.wrap(said, WIDTH, max_lines=lines, placeholder=" …"))


def filled(text: str, match: Match) -> str:
    """Return a text of an entry with what the log has in place of the holes of its pattern."""
    for pattern, pieces in zip(match.entry.patterns, match.entry.pieces, strict=True):
        names = known_errors.PLACEHOLDER.findall(pattern)
        expression = "(.+?)".join(map(re.escape, pieces)) + ("" if pieces[-1] else "$")
        if found := re.search(expression, match.line):
            for name, value in zip(names, found.groups(), strict=True):
                text = text.replace(name, value)
            break
    return text


def plain(text: str) -> str:
    """Return MyST as it is read in a terminal."""
    text = SUBSTITUTION.sub(lambda fact: FACTS[fact[1]]["value"] if fact[1] in FACTS else fact[0], text)
    return ROLE.sub("", LINKED.sub(r"\1", text)).replace("**", "")


def page(anchor: str, name: str = known_errors.PAGE) -> str:
    """Return where an entry is read: the site as it is built here, or where it is published; "" for nowhere."""
    built = SITE / "en" / f"{name}.html"
    if built.is_file():
        near = built.relative_to(ROOT) if Path.cwd() == ROOT else built
        return f"{near}#{anchor}"
    return site_url() and f"{site_url()}en/{name}.html#{anchor}"
