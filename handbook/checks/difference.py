"""The difference: what changes for readers of a translation since the last commit. `make check` prints it."""

import re
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path

import polib

from handbook.checks.prose import ROLE, TITLED_ROLE
from handbook.facts import SUBSTITUTION
from handbook.programs import read_git
from handbook.sphinxext.facts import load_substitutions
from handbook.translation import catalogues, messages

CATALOGUE = re.compile(r"locale/(\w+)/LC_MESSAGES/(.+)\.po")
MARKUP = re.compile(ROLE + r"(?=`)|(?<=\])\([^)]*\)|[\[\]]|[*]{2}")


def list_changes(root: Path) -> Iterator[str]:
    """Yield the name of each catalogue that changed, with its page, and under it what readers see: -before, +now."""
    for name in read_git(root, "diff", "--name-only", "-z", "HEAD", "--", "locale").split("\0"):
        path, place = root / name, CATALOGUE.fullmatch(name)
        if not place or not path.is_file() or any(catalogues.find_problems(path)):
            continue
        code, page = place.groups()
        catalogue = root / "locale" / code / "LC_MESSAGES" / "facts.po"
        values = load_substitutions(root, messages.load_translations(catalogue))
        try:
            before, now = (
                [render_sentence(entry.msgstr, values) for entry in polib.pofile(text, wrapwidth=0)]
                for text in (read_git(root, "show", f"HEAD:./{name}"), path.read_text("utf-8"))
            )
        except OSError:  # what was committed cannot be read, and is corrected now
            continue
        changed = [line for line in unified_diff(before, now, n=0, lineterm="") if not re.match(r"@@|---|\+\+\+", line)]
        if changed:
            yield f"{name}: _build/html/{code}/{page}.html" if (root / "docs" / f"{page}.md").is_file() else name
            yield from changed


def render_sentence(text: str, values: dict[str, str]) -> str:
    """Return a sentence roughly as a page shows it: facts filled in, links and roles as their words."""
    text = SUBSTITUTION.sub(lambda found: values.get(found[1], found[0]), text)
    return MARKUP.sub("", TITLED_ROLE.sub(r"\1", text))
