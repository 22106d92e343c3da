"""`make check`: print every finding, one a line. With --sources only what a build needs: shape, readable catalogues."""

import sys

from tests import ROOT
from tests.gates import pages, privacy, shape, terms, translation


def main() -> int:
    before_build = "--sources" in sys.argv
    gates = (
        (shape.gate, translation.readable) if before_build else (shape.gate, privacy.gate, translation.gate, terms.gate)
    )
    findings = sorted({finding for gate in gates for finding in gate(ROOT)})
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
