"""The record of every anchor that the site has published, docs/anchors.txt: one a line as page#anchor.

Other sites may link to them. ``make anchors`` adds those that are new. A recorded anchor must stay on its page, or
docs/redirects.toml must redirect it: tests/site/test_machine_readable.py checks that.
"""

import re
from pathlib import Path

from lxml import html

from handbook.data_files import read_text
from handbook.paths import ROOT, SITE

FILE = "docs/anchors.txt"
GENERATED_ID = re.compile(r"id\d+")  # Sphinx numbers these: one more block of code before them changes them


def list_published(site: Path) -> set[str]:
    """Return the anchors of the English pages that were built, which are those of each language."""
    found = set()
    for path in sorted((site / "en").rglob("*.html")):
        page = path.relative_to(site / "en").with_suffix("").as_posix()
        ids = html.parse(str(path)).xpath("//article//*/@id")
        found |= {f"{page}#{anchor}" for anchor in ids if not GENERATED_ID.fullmatch(anchor)}
    return found


def load_recorded(root: Path) -> set[str]:
    return set(read_text(root, FILE).split())


def main(root: Path, site: Path) -> None:
    known = load_recorded(root)
    new = list_published(site) - known
    if new:  # otherwise make would find the built site older than this file
        (root / FILE).write_text("".join(f"{anchor}\n" for anchor in sorted(known | new)), "utf-8")
    print(f"{FILE}: {len(new)} new, {len(known | new)} in all")


if __name__ == "__main__":
    main(ROOT, SITE)
