"""Where things are: the root of the project, the snippets, the built site."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
SNIPPETS = ROOT / "snippets"
SITE = ROOT / "_build" / "html"
