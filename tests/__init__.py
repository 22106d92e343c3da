"""The proof: one module per page, the stand-in for Heroku's side (platform/), the gates (gates/)."""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
SNIPPETS = ROOT / "snippets"
SITE = ROOT / "_build" / "html"

sys.path.insert(0, str(ROOT / "docs" / "_ext"))
