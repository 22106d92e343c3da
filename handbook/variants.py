"""Reads what no page shows of a snippet: changes.txt, what a variant changes, and needs.txt, what an app needs to boot.

Each function takes the root of the project, and the name of an app: "<slug>" or "<slug>/broken-…".
"""

import re
from collections.abc import Callable
from pathlib import Path
from pkgutil import iter_modules

from handbook.data_files import DataError, read_text
from handbook.fake_heroku import addons

CHANGE_ADVICE = 'this is not "delete <file>", "rename <old> <new>" or "lock <variant>": correct the line.'
CONFIG_VAR = re.compile(r"[A-Za-z_]\w*=.*", re.ASCII)
ADDONS = {module.name for module in iter_modules(addons.__path__)}


def read_changes(root: Path, name: str) -> list[list[str]]:
    """Return the words of each line of changes.txt, such as ["delete", "Procfile"]. Raises DataError."""
    snippet = root / "snippets" / name.partition("/")[0]

    def find_problem(line: str) -> str:
        match line.split():
            case ["delete", file] | ["rename", file, _]:
                found = any((folder / file).is_file() for folder in (snippet, root / "snippets" / name))
                return "" if found else f"the app has no file {file}: correct the name."
            case ["lock", variant]:
                found = any((snippet / variant / file).is_file() for file in ("Pipfile", "pyproject.toml"))
                return "" if found else f"{variant} has neither Pipfile nor pyproject.toml: correct the name."
        return CHANGE_ADVICE

    return [line.split() for line in read_lines(root, f"snippets/{name}/changes.txt", find_problem)]


def read_needs(root: Path, name: str) -> list[str]:
    """Return the lines of needs.txt, each a module of addons/ or a config var NAME=value. Raises DataError.

    Where a variant has none of its own, that of its app counts.
    """
    own, shared = (f"snippets/{folder}/needs.txt" for folder in (name, name.partition("/")[0]))

    def find_problem(line: str) -> str:
        if line in ADDONS or CONFIG_VAR.fullmatch(line):
            return ""
        return f'"{line}" is neither NAME=value nor a module of handbook/fake_heroku/addons: correct it.'

    return read_lines(root, own if (root / own).is_file() else shared, find_problem)


def read_lines(root: Path, file: str, find_problem: Callable[[str], str]) -> list[str]:
    """Return the lines of a file, without empty ones. Raises DataError for the first that has a problem."""
    lines = read_text(root, file).splitlines()
    for number, line in enumerate(lines, 1):
        if line.strip() and (advice := find_problem(line)):
            raise DataError(file, number, advice)
    return [line for line in lines if line.strip()]
