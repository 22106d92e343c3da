"""`make check`: print every finding, one a line."""

import sys

from tests import ROOT
from tests.gates import pages, privacy, shape, translation


def main() -> int:
    findings = sorted({finding for gate in (shape, privacy, translation) for finding in gate.gate(ROOT)})
    for finding in findings:
        print(finding)
    if findings:
        print(f"make check: {len(findings)} to mend")
        return 1
    print(f"make check: {len(pages(ROOT))} pages, nothing to mend")
    return 0


if __name__ == "__main__":
    sys.exit(main())
