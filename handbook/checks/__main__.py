"""`make check`: print every finding, one a line, and what changed for readers of a translation.

With --sources only what a build needs: shape, readable catalogues.
"""

import sys

from handbook.checks import difference, facts, pages, privacy, shape, spelling, terms, translation
from handbook.paths import ROOT

EVERY = (facts.gate, shape.gate, privacy.gate, translation.gate, terms.gate, spelling.gate)


def main() -> int:
    before_build = "--sources" in sys.argv
    gates = (facts.gate, shape.gate, translation.readable) if before_build else EVERY
    if any(facts.gate(ROOT)):
        gates, before_build = (facts.gate,), True  # the others read the facts too
    findings = sorted({finding for gate in gates for finding in gate(ROOT)})
    if not before_build and (changed := list(difference.lines(ROOT))):
        print("What changed since the last commit, as readers will see it:", *changed, sep="\n")
    for finding in findings:
        print(finding)
    if findings:
        print(f"{len(findings)} to mend")
        return 1
    if not before_build:
        print(f"Gates: {len(pages(ROOT))} pages, nothing to mend")
    return 0


if __name__ == "__main__":
    sys.exit(main())
