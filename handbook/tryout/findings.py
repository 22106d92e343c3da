"""Turns a log into what a reader is told: the entry of the errors page that matches it, its cure, and a link."""

import re
import textwrap
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import distributions
from pathlib import Path

from handbook import known_errors
from handbook.facts import SUBSTITUTION
from handbook.fake_heroku.limits import FACTS
from handbook.known_errors import Entry, Match
from handbook.paths import ROOT, SITE, site_url

WIDTH = 110
FAULT_KINDS = known_errors.KINDS[:3]  # without warning and advice
LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
ROLE = re.compile(r"\{[a-z]+\}(?=`)")
# A sentence that is only a link: without its address it says nothing.
LINK_SENTENCE = re.compile(r"(?<=[.`*]) \[[^\]]*\]\([^)]*\)\.(?= |$)")
CONDITION_WITH_MESSAGE = re.compile(r"\*\*If [^*`]*`([^`]+)`")
TRACEBACK = "Traceback (most recent call last):"
EXCERPT = 10  # lines of a log
PACKAGE_FRAME = re.compile(r'File "(.+/site-packages)/([^/"]+)')
# What code prints that is older than Python or than another package. A file of the reader's that has the name of a
# module, a driver or a library of the system that is missing print other words, or name other modules.
PACKAGE_TOO_OLD = re.compile(
    r"SyntaxError: |ImportError: cannot import name '\w+' from '[\w.]+' \(.*(?:/lib/python[\d.]+/|unknown location)"
    r"|ModuleNotFoundError: No module named '(?:\w+\.[\w.]+|asynchat|asyncore|cgi|distutils|imp|pipes|pkg_resources)'"
    r"|AttributeError: module '(?:ast|asyncio|collections|flask|inspect|jinja2|pkgutil|sqlalchemy|time|werkzeug)\b"
)
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


def make_fault(where: str, what: str, log: str, kinds: tuple[str, ...] = FAULT_KINDS) -> Fault:
    """Return the fault that a log shows, with lines of the log unless the line that matches is the cause itself."""
    found = next(iter(match_entries(log, *kinds)), None)
    lines = [line for line in log.splitlines() if line.strip()]
    if found is None:
        return Fault(where, what, tail=tuple(lines[-EXCERPT:]))
    fault = describe_match(where, what, found, log)
    if where != "build":  # where the traceback is one of the tools that build a package
        fault = blame_package(fault, lines, found)
    return fault if found.entry.kind == "cause" else replace(fault, tail=tuple(find_excerpt(lines, fault.line)))


def find_excerpt(lines: list[str], line: str) -> list[str]:
    """Return the lines of a log that explain one of them: the last traceback before it or else after it, or its end."""
    end = next((number for number, text in enumerate(lines, 1) if text.strip() == line), len(lines))
    before = lines[:end]
    return find_traceback(before) or find_traceback(lines) or before[-EXCERPT:]


def find_traceback(lines: list[str]) -> list[str]:
    """Return the end of the last traceback and the last lines after it, [] where there is no traceback."""
    start = next((number for number in reversed(range(len(lines))) if TRACEBACK in lines[number]), None)
    if start is None:
        return []
    margin = len(lines[start]) - len(lines[start].lstrip())
    # The lines between its first and its last one are indented further.
    after = (number for number in range(start + 1, len(lines)) if not lines[number].startswith(" " * (margin + 1)))
    end = next(after, len(lines) - 1) + 1
    return lines[max(start, end - EXCERPT) : end] + lines[end:][-EXCERPT // 2 :]


def describe_match(where: str, what: str, match: Match, log: str = "") -> Fault:
    line, entry = match.line.strip(), match.entry.id
    variable = MISSING_CONFIG_VAR.search(line)
    cure = render_cure(match, log)
    return Fault(where, what, line, entry, cure, find_page(entry), config_var=variable[1] if variable else "")


def describe_entry(where: str, what: str, name: str) -> Fault:
    """Return the fault that an entry of the errors page describes, where no line of a log shows it."""
    entry = next(one for one in load_entries() if one.id == name)
    return describe_match(where, what, Match(entry, "", 0, 0))


def blame_package(fault: Fault, lines: list[str], match: Match) -> Fault:
    """Return the fault, with a cure for a package whose own code is too old for the others."""
    package = find_package(lines, fault.line) if PACKAGE_TOO_OLD.search(fault.line) else ""
    if not package:
        return fault
    cure = f"This comes from the package {package}: raise its version in your list of packages."
    return replace(fault, cure=f"{cure}\n{render_cure(match, lines=1)}")


def find_package(lines: list[str], line: str) -> str:
    """Return the package in which the traceback that ends with a line has its last frame; "" for other code."""
    end = next((number for number, text in enumerate(lines) if text.strip() == line), 0)
    frame = next((text for text in reversed(lines[:end]) if text.lstrip().startswith('File "')), "")
    found = PACKAGE_FRAME.search(frame)
    return find_distribution(found[1], found[2]) if found else ""


def find_distribution(folder: str, module: str) -> str:
    """Return the name under which a list of packages has a module of a folder site-packages."""
    for one in distributions(path=[folder]):
        if any(path.parts[:1] == (module,) for path in one.files or ()):
            return one.metadata["Name"] or module
    return module.removesuffix(".py")


def render_cure(match: Match, log: str = "", lines: int = 2) -> str:
    """Return the cure as plain text of two lines at most; of several causes, the beginning of the first ones."""
    causes = [render_plain_text(fill_placeholders(cause, match)) for cause in choose_causes(match.entry, log)[:lines]]
    return "\n".join(truncate_sentences(cause, lines // len(causes)) for cause in causes)


def choose_causes(entry: Entry, log: str) -> list[str]:
    """Return the causes of an entry; for a headline, without those whose message is not in the log if another's is."""
    messages = {cause: found[1] for cause in entry.causes if (found := CONDITION_WITH_MESSAGE.match(cause))}
    if entry.kind != "headline" or not any(message in log for message in messages.values()):
        return list(entry.causes)
    return [cause for cause in entry.causes if messages.get(cause, "") in log]


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
    return ROLE.sub("", LINK.sub(r"\1", LINK_SENTENCE.sub("", text))).replace("**", "")


def find_page(anchor: str, name: str = known_errors.PAGE) -> str:
    """Return the address of an entry: on the site that is built here, or on the published one; "" without either."""
    built = SITE / "en" / f"{name}.html"
    if built.is_file():
        near = built.relative_to(ROOT) if Path.cwd() == ROOT else built
        return f"{near}#{anchor}"
    return site_url() and f"{site_url()}en/{name}.html#{anchor}"
