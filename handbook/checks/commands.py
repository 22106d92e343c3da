"""Commands: each `heroku …` command of the site, with its flags, is in the manifest of the real CLI.

It is not part of `make check`, because the manifest is in the CLI's package, which only `make test` installs.
"""

import json
import re
import shlex
from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache
from pathlib import Path

import polib

from handbook.checks import Finding, list_pages
from handbook.data_files import read_text
from handbook.sphinxext.commands import SUFFIXES, read_commands

# The only hidden aliases of the CLI that the site may use, because everybody types them.
ALLOWED_SHORT_NAMES = {"create", "open", "rollback"}
CODE_SPAN = re.compile(r"`(heroku [a-z][^`]*)`")


@cache
def load_manifest(root: Path) -> dict[str, dict]:
    """Return {name, alias or allowed short name: command} of the CLI that package.json pins, and of its plugins."""
    packages = root / "node_modules"
    plugins = json.loads((packages / "heroku" / "package.json").read_text("utf-8"))["oclif"]["plugins"]
    found: dict[str, dict] = {}
    for package in (*plugins, "heroku"):
        text = (packages / package / "oclif.manifest.json").read_text("utf-8")
        for name, command in json.loads(text)["commands"].items():
            names = [name, *command["aliases"], *ALLOWED_SHORT_NAMES.intersection(command["hiddenAliases"])]
            found |= dict.fromkeys(names, command)
    return found


def check_commands(root: Path) -> Iterator[Finding]:
    for path, line, command in find_commands(root):
        # A sentence may name a command without its arguments, because a block has them.
        named = not path.startswith("snippets/") and len(command.split()) == 2
        if advice := find_problem(root, command, named):
            yield Finding(path, line, f"`{command}`: {advice}")


def find_commands(root: Path) -> Iterator[tuple[str, int, str]]:
    """Yield (file, line, command) for each command in a block, a page or a translation."""
    for path in sorted((root / "snippets").rglob("*")):
        for number, line in read_commands(path) if path.suffix in SUFFIXES else ():
            for command in split_commands(line):
                yield path.relative_to(root).as_posix(), number, command
    for page in list_pages(root):
        for number, line in enumerate(read_text(root, Path("docs", page)).splitlines(), 1):
            for command in CODE_SPAN.findall(line):
                yield f"docs/{page.as_posix()}", number, command
    for path in sorted((root / "locale").rglob("*.po")):
        for entry in polib.pofile(str(path), wrapwidth=0):
            # sources.po quotes the old guides, right or wrong.
            for command in CODE_SPAN.findall(entry.msgstr) if path.name != "sources.po" else ():
                yield path.relative_to(root).as_posix(), entry.linenum or 0, command


def split_commands(line: str) -> Iterator[str]:
    """Yield each heroku command of a line of shell; the whole line if a quotation mark of it is not closed."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    try:
        tokens = [*lexer, ";"]
    except ValueError:
        yield line
        return
    words: list[str] = []
    for word in tokens:
        if word in ("&&", "||", "|", ";"):
            if words[:1] == ["heroku"]:
                yield shlex.join(words)
            words = []
        else:
            words.append(word)


def find_problem(root: Path, text: str, named: bool = False) -> str:
    """Return what is wrong with a heroku command, "" if nothing is; named: its arguments may be missing."""
    known = load_manifest(root)
    try:
        _heroku, *words = shlex.split(text)
    except ValueError:
        return "a quotation mark is not closed on its line: close it, and write each command on one line."
    if not words:
        return "it names no command: write one, such as heroku create."
    name = words.pop(0)
    if name not in known:
        close = get_close_matches(name, known, 1)
        return f"there is no such command{f': is it {close[0]}?' if close else '.'}"
    flags = known[name]["flags"]
    letters = {flag["char"]: long for long, flag in flags.items() if "char" in flag}
    arguments = 0
    while words and words[0] != "--":
        word = words.pop(0)
        if not word.startswith("-"):
            arguments += 1
            if name in ("run", "run:detached"):
                return ""  # the rest is the dyno's command
            continue
        flag, _equals, value = word.lstrip("-").partition("=")
        long = letters.get(flag) if len(word.split("=")[0]) == 2 else flag
        if long not in flags:
            close = get_close_matches(flag, flags, 1)
            return f"{name} has no flag {word}{f': is it --{close[0]}?' if close else '.'}"
        if flags[long]["type"] == "option" and not value and words:
            words.pop(0)
    required = [argument for argument, how in known[name]["args"].items() if how.get("required") and not named]
    return f"{name} needs {' '.join(required)}." if arguments < len(required) else ""
