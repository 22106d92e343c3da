"""Pages by their slugs: `python -m handbook.checks.slugs gunicorn` fails if no page has it, and names the nearest."""

import sys
from difflib import get_close_matches
from pathlib import Path

from handbook.checks import Finding, pages_by_slug
from handbook.paths import ROOT, page_test_name


def require_page(root: Path, slug: str) -> None:
    """Raise SystemExit, with one line, if no page has this slug."""
    known = pages_by_slug(root)
    if slug not in known:
        close = get_close_matches(Path(slug).stem, known, 1, 0.5)
        hint = f" Is it {close[0]}?" if close else f" There are: {', '.join(sorted(known))}."
        raise SystemExit(f'No page has the slug "{slug}".{hint}')


def is_about_page(finding: Finding, slug: str) -> bool:
    """Return whether a finding is about a page, its snippets, its test or its catalogue."""
    parts = Path(finding.path).with_suffix("").parts
    return parts[:2] == ("snippets", slug) or parts[-1] in (slug, page_test_name(slug))


if __name__ == "__main__":
    require_page(ROOT, sys.argv[1])
