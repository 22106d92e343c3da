"""`make check`: print every finding, one a line, and what changed for readers of a translation.

--sources runs only the checks that a build needs: data files, structure, readable catalogues. --page gunicorn prints
the findings of one page. With --in es, findings in languages other than English and Spanish do not count as problems.
"""

import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor

from handbook.checks import (
    Check,
    Finding,
    difference,
    errors,
    facts,
    list_pages,
    names,
    numbers,
    privacy,
    run_check,
    slugs,
    spelling,
    structure,
    style,
    terms,
    translation,
)
from handbook.paths import ROOT
from handbook.sphinxext.languages import list_languages
from handbook.translation.translate import require_language

SOURCE_CHECKS: tuple[Check, ...] = (
    facts.check_facts,
    errors.check_errors,
    structure.check_structure,
    translation.check_syntax,
)
ALL_CHECKS: tuple[Check, ...] = (
    *SOURCE_CHECKS,
    privacy.check_privacy,
    translation.check_translation,
    structure.check_page_tests,
    numbers.check_numbers,
    names.check_names,
    terms.check_terms,
    spelling.check_spelling,
    style.check_style,
)


def run_checks(checks: Iterable[Check]) -> Iterable[Finding]:
    """Return the findings of all checks, which run in as many processes as there are cores."""
    with ProcessPoolExecutor() as pool:
        return [finding for findings in pool.map(list_findings, checks) for finding in findings]


def list_findings(check: Check) -> list[Finding]:
    return list(run_check(check, ROOT))


def main(arguments: list[str]) -> int:
    parser = ArgumentParser("make check", description="The checks of this site.")
    parser.add_argument("--sources", action="store_true", help="only what a build needs")
    parser.add_argument("--page", metavar="SLUG", help="only the findings of one page")
    parser.add_argument("--in", dest="language", metavar="CODE", help="the language that must be complete")
    asked = parser.parse_args(arguments)
    if asked.language:
        require_language(asked.language, list_languages(ROOT), "make check")
    before_build = asked.sources
    checks = SOURCE_CHECKS if before_build else ALL_CHECKS
    if any(run_check(facts.check_facts, ROOT)):
        checks, before_build = (facts.check_facts,), True  # the other checks need valid facts
    found = sorted(set(run_checks(checks)))
    found = [finding for finding in found if not asked.page or slugs.is_about_page(finding, asked.page)]
    notes = [finding for finding in found if asked.language and finding.language_code not in ("en", asked.language)]
    findings = [finding for finding in found if finding not in notes]
    if not before_build and (changed := list(difference.list_changes(ROOT))):
        print("What changed since the last commit, as readers will see it:", *changed, sep="\n")
    for finding in notes:
        print(f"{finding} (not needed now, only before the change is merged)")
    for finding in findings:
        print(finding)
    if findings:
        print(f"{len(findings)} problem{'' if len(findings) == 1 else 's'}")
        return 1
    if not asked.sources:
        what = asked.page or f"{len(list_pages(ROOT))} pages"
        print(f"Checks: {what}, no problems" + (f"; {len(notes)} to translate" if notes else ""))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
