"""Parses a Procfile as Heroku does, and says what is wrong with a line that Heroku would skip."""

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

from handbook.fake_heroku.version_files import is_in_another_encoding

# Heroku's classic Procfile has no written grammar, only this expression
# (heroku/buildpacks-procfile, SPEC.md, "Differences from Heroku 'classic' Procfile").
PROCFILE_LINE = re.compile(r"^\s*([a-zA-Z0-9_-]+):?\s+(.*)\s*", re.ASCII)
BYTE_ORDER_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_procfile(path: Path) -> dict[str, str]:
    """Return {process type: command} as Heroku reads the file; {} when there is none."""
    found = map(PROCFILE_LINE.match, read_lines(path))
    return {match[1]: match[2].strip() for match in found if match and match[2].strip()}


def read_lines(path: Path) -> list[str]:
    """Return the lines of a Procfile as Heroku separates them; one empty line when there is no file.

    Only a line feed, or a carriage return with a line feed, ends a line. In an encoding other than UTF-8 only the ASCII
    characters are read, so nothing of UTF-16; what Heroku does with such a file is not known.
    """
    content = path.read_bytes() if path.is_file() else b""
    return content.decode("utf-8", "replace").replace("\r\n", "\n").split("\n")


def find_problems(path: Path) -> Iterator[tuple[int, str]]:
    """Yield (line, how to correct it) for each line that Heroku skips or guesses at; line 0 is the whole file."""
    content = path.read_bytes() if path.is_file() else b""
    if is_in_another_encoding(content) and b"\0" in content:
        yield 0, "The Procfile is in UTF-16, and Heroku reads no line of it: save it as UTF-8."
    elif content.startswith(BYTE_ORDER_MARKS):
        yield 0, "The Procfile begins with a byte order mark, and Heroku skips that line: save it as UTF-8 without it."
    else:
        for number, line in enumerate(read_lines(path), 1):
            if advice := find_problem(line):
                yield number, advice


def find_problem(line: str) -> str:
    """Return how to correct a line that Heroku skips or guesses at, "" where it is good."""
    if not line.strip() or line.lstrip().startswith("#"):
        return ""
    if "\0" in line:
        return "the line has a NUL character: delete it, and save the file as UTF-8."
    name, colon, command = line.partition(":")
    if not colon or not re.fullmatch(r"[a-zA-Z0-9_-]+", name):
        first, _space, rest = line.strip().partition(" ")
        return f'"{line.strip()}" has no colon after the process type: write "{first}: {rest or "command"}".'
    if not command.strip():
        return f'"{line.strip()}" has no command: write "{name}: gunicorn app:app", or delete the line.'
    if not command[0].isspace():
        return f'"{line.strip()}" has no space after the colon: write "{name}: {command.strip()}".'
    return ""
