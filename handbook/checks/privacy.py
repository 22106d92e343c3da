"""Privacy: nothing personal from the old guides, no token, nothing of a contributor's machine."""

import base64
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from handbook.checks import Finding
from handbook.programs import read_git

# Names and hosts from the old guides, as hashes of the lower-case words. The hashes keep them out of a text search, no
# more: hashing a list of names reveals them.
NAME_HASHES = {
    "79804461be9c80e2",
    "535f0f4169e90398",
    "bf1ab31b229f2d68",
    "d1e943c61cca77da",
}
# The beginning of the signed tokens of Heroku's login.
TOKEN_PREFIX = base64.b64encode(b"HS256").decode().rstrip("=")
PATTERNS = {
    re.compile(r"[\w.+-]+@(?!example\.(?:com|org)\b)[\w-]+\.[\w.]+"): "an e-mail address: use you@example.com.",
    re.compile(rf"\brequestor\s*=|\b{TOKEN_PREFIX}"): "a login token: delete it.",
    re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"): "an identifier that may be somebody's: shorten it.",
    re.compile(r"(?<![\w.])/(?:root|home|Users)/\w"): "a path of one machine: write it relative to the project.",
    re.compile(r"(?i:secret_key)[\"'\]]*\s*=\s*[\"'](?!\$)"): "a secret in the code: read it from the environment.",
}
# Licences, pinned packages and actions ("name@version"), and the patterns of this check and its tests, are not leaks.
EXEMPT = re.compile(
    r"^(LICENSE.*|package-lock\.json|handbook/checks/privacy\.py|tests/handbook/test_checks\.py|\.github/.*)$"
)


def check_privacy(root: Path) -> Iterator[Finding]:
    for relative in list_source_files(root):
        if EXEMPT.match(relative):
            continue
        try:
            text = (root / relative).read_text("utf-8")
        except UnicodeDecodeError:
            continue
        advices = dict(PATTERNS)
        for name in filter(is_guide_name, set(re.findall(r"[\w-]+", text.lower()))):
            pattern = re.compile(rf"(?i)(?<![\w-]){name}(?![\w-])")
            advices[pattern] = f'"{name}" is a name from one of the old guides: leave it out.'
        for pattern, advice in advices.items():
            for match in pattern.finditer(text):
                yield Finding(relative, text.count("\n", 0, match.start()) + 1, advice)


def is_guide_name(word: str) -> bool:
    return hashlib.sha256(word.encode()).hexdigest()[:16] in NAME_HASHES


def list_source_files(root: Path) -> list[str]:
    """Return the files git tracks or would track; outside a checkout, every file of the source folders."""
    # -z: without it, git quotes a name with an accent and writes the accent as numbers.
    if listing := read_git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"):
        return [name for name in listing.split("\0") if (root / name).is_file()]
    folders = ("docs", "snippets", "locale", "handbook", "tests")
    return [
        path.relative_to(root).as_posix() for name in folders for path in (root / name).rglob("*") if path.is_file()
    ]
