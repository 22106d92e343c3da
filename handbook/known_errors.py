"""The messages that readers look up, docs/reference/errors.toml: one source for the page, the search and the log box.

An entry of it, under its anchor::

    [no-such-table]
    where = "database"                      # the part of the page: a directive {errors} database
    title = "`no such table`"               # what the page shows; without one, the first pattern
    patterns = ["no such table: {name}"]    # what a program prints, with a placeholder for each part that varies
    kind = "symptom"                        # how far from the cause it is; without one, it is the cause
    causes = ["The migration has not run. [Make the tables](#postgres-tables)."]    # the most frequent first
    proof = ["postgres/broken-sqlite"]      # what prints it: a broken variant, a test, Heroku alone (an address)
"""

import re
from bisect import bisect
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from handbook.data_files import DataError, find_key_line, is_text, is_text_list, load_toml, read_text

FILE = "docs/reference/errors.toml"
PAGE = "reference/errors"
SECTIONS = ("browser", "heroku", "push", "python", "gunicorn", "uwsgi", "database", "celery", "cli")
# The nearest to the cause first: the cause itself; another program's message about it; Heroku's summary of that; what
# does not stop the app yet; what never stops it.
KINDS = ("cause", "symptom", "headline", "warning", "advice")
FIELDS = {"where", "title", "patterns", "kind", "causes", "proof"}
PLACEHOLDER = re.compile(r"\{[a-z]+\}")
MAX_HITS = 500  # matches of one pattern that are examined; of more, only the last
MAX_CONTEXT = 2000  # of a line, around a message, in characters
MAX_PLACEHOLDER = 200  # of what a placeholder takes, in characters
LINK = re.compile(r"\]\(/([\w/-]+)\.md\)")
# Where a new run begins: a build, a process, a traceback (unless CHAINED_TRACEBACK stands before it).
RUN_START = re.compile(
    r"Building source:|Starting process with command|State changed from \w+ to starting|Starting gunicorn"
    r"|\*\*\* Starting uWSGI|Traceback \(most recent call last\):"
)
CHAINED_TRACEBACK = re.compile(r"another exception occurred:|direct cause of the following exception:")
CHAIN_LOOKBACK = 300  # how far before a traceback CHAINED_TRACEBACK is searched, in characters
ANSI_ESCAPE = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")


@dataclass(frozen=True)
class Entry:
    id: str
    where: str
    title: str  # MyST
    patterns: tuple[str, ...]
    kind: str
    causes: tuple[str, ...]  # MyST, a paragraph each
    proof: tuple[str, ...]

    @property
    def markdown(self) -> str:
        """The entry as a definition list of MyST, with its label."""
        return f"({self.id})=\n{self.title}\n" + "".join(f": {cause}\n" for cause in self.causes)

    @cached_property
    def pieces(self) -> list[list[str]]:
        """The texts between the placeholders, a list for each pattern."""
        return [PLACEHOLDER.split(pattern) for pattern in self.patterns]


@dataclass(frozen=True)
class Match:
    entry: Entry
    line: str
    line_start: int  # where the line begins in the log
    length: int  # of the pattern without its placeholders


def load_errors(root: Path) -> list[Entry]:
    """Return the entries, in the order of the file. Raises DataError; see find_problems()."""
    for line, advice in find_problems(root):
        raise DataError(FILE, line, advice)
    return [make_entry(name, parts) for name, parts in load_toml(root, FILE).items()]


def list_proofs(root: Path) -> set[str]:
    """Return the proofs of all entries, which print the messages; an empty set where errors.toml has a problem."""
    try:
        return {proof for entry in load_errors(root) for proof in entry.proof}
    except DataError:
        return set()


def make_entry(name: str, parts: dict) -> Entry:
    title = parts.get("title", f"`{parts['patterns'][0]}`")
    patterns, causes, proof = (tuple(parts[part]) for part in ("patterns", "causes", "proof"))
    return Entry(name, parts["where"], title, patterns, parts.get("kind", KINDS[0]), causes, proof)


def find_problems(root: Path) -> Iterator[tuple[int, str]]:
    """Yield (line, what is wrong and what to do) for each entry that cannot be shown or found. Raises DataError."""
    text = read_text(root, FILE)
    seen: dict[str, str] = {}
    for name, parts in load_toml(root, FILE).items():
        problems = [(part, "", advice) for part, advice in find_field_problems(name, parts)]
        if not problems:
            problems = [("patterns", *found) for found in find_pattern_problems(parts, name, seen)]
            problems += [("causes", *found) for found in find_broken_links(root, parts)]
        for part, said, advice in problems:
            yield find_key_line(text, name, part, said=said), f"{name}: {advice}"


def find_field_problems(name: str, parts: object) -> Iterator[tuple[str, str]]:
    """Yield (part, what to do) for each part of an entry that is missing, unknown or wrong; "" for the entry itself."""
    if not isinstance(parts, dict):
        yield "", f"is not an entry: write [{name}] on a line, and its parts below it."
        return
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name):
        yield "", "is no anchor: use small letters, digits and single hyphens, a letter first."
    for part in parts.keys() - FIELDS:
        yield part, f"{part} is no part of an entry: correct its name, or delete it."
    for part, known in (("where", SECTIONS), ("kind", KINDS)):
        if (part in parts or part == "where") and parts.get(part) not in known:
            yield part, f"write {part} = one of {', '.join(known)}."
    for part in ("patterns", "causes", "proof"):
        if not parts.get(part) or not is_text_list(parts[part]):
            yield part, f'write {part} = ["…"], one text or more.'
    if not is_text(parts.get("title", "-")):
        yield "title", 'write title = "…".'


def find_pattern_problems(parts: dict, name: str, seen: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield (pattern, what to do) for each pattern that is broken, or that an earlier entry has too."""
    for pattern in parts["patterns"]:
        pieces = PLACEHOLDER.split(pattern)
        if re.search(r"[{}]", "".join(pieces)):
            yield (
                pattern,
                f"{pattern!r} has a brace that is no placeholder, which is a word in braces, such as {{name}}.",
            )
        elif not pieces[0].strip() or "" in pieces[1:-1]:
            advice = "begins with a placeholder, or has two without text between: write what is printed."
            yield pattern, f"{pattern!r} {advice}"
        elif seen.setdefault(PLACEHOLDER.sub("{}", pattern), name) != name:
            other = seen[PLACEHOLDER.sub("{}", pattern)]
            yield pattern, f"{pattern!r} is in {other} already: delete one of the two."


def find_broken_links(root: Path, parts: dict) -> Iterator[tuple[str, str]]:
    """Yield (cause, what to do) for each link of a cause to a page that does not exist."""
    for cause in parts["causes"]:
        for page in LINK.findall(cause):
            if not (root / "docs" / f"{page}.md").is_file():
                yield cause, f"/{page}.md does not exist: correct the link."


def find_missing_proofs(root: Path) -> Iterator[tuple[int, str]]:
    """Yield (line, what is wrong and what to do) for each proof that does not exist. Raises DataError."""
    text = read_text(root, FILE)
    for known in load_errors(root):
        for proof in known.proof:
            place = root / (proof if proof.startswith("tests/") else f"snippets/{proof}")
            if not proof.startswith("https://") and not place.exists():
                advice = f"{known.id}: proof {proof} is no folder of snippets/, no test and no address: correct it."
                yield find_key_line(text, known.id, "proof", said=proof), advice


def match_log(log: str, entries: list[Entry]) -> list[Match]:
    """Return the matches of a log, the cause first. docs/_static/log-box.js does the same.

    They are sorted by kind; then by run, the last one first; then by place, because later messages follow from the
    first one. Each entry counts once, and for each line only the entry with the longest pattern.
    """
    text = re.sub(r"\r\n?", "\n", ANSI_ESCAPE.sub("", log))
    lines: dict[int, Match] = {}
    for known in entries:
        for pieces in known.pieces:
            length = sum(map(len, pieces))
            hits = deque(re.finditer(re.escape(pieces[0]), text), maxlen=MAX_HITS)
            for position in (hit.start() for hit in hits):
                window_start = max(0, position - MAX_CONTEXT)
                line_start = max(window_start, text.rfind("\n", window_start, position) + 1)
                line = text[line_start:position] + text[position : position + MAX_CONTEXT].partition("\n")[0]
                if (line_start not in lines or length > lines[line_start].length) and matches_pieces(
                    line, pieces, position - line_start
                ):
                    lines[line_start] = Match(known, line, line_start, length)
    starts = [
        start.start()
        for start in RUN_START.finditer(text)
        if not CHAINED_TRACEBACK.search(text, start.start() - min(CHAIN_LOOKBACK, start.start()), start.start())
    ]
    order = sorted(
        lines.values(), key=lambda match: (-bisect(starts, match.line_start + len(match.line)), match.line_start)
    )
    once = {match.entry.id: match for match in reversed(order)}
    return sorted(once.values(), key=lambda match: (KINDS.index(match.entry.kind), order.index(match)))


def matches_pieces(line: str, pieces: list[str], start: int = 0) -> bool:
    """Return whether a line has the pieces from a place on, in order, with some text for each placeholder."""
    end = start + len(pieces[0])
    for piece in pieces[1:]:
        # A placeholder matches one character or more; at the end of a pattern, the rest of the line.
        at = line.find(piece, end + 1) if piece else end + 1
        if at < 0 or at > len(line) or at - end > MAX_PLACEHOLDER:
            return False
        end = at + len(piece)
    return True
