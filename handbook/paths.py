"""Where things are: the root of the project, the snippets, the built site."""

from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parents[1]
SNIPPETS = ROOT / "snippets"
SITE = ROOT / "_build" / "html"
BOOKS = ROOT / "_build" / "books"  # a marker: it exists after `make books`


def book_filename(code: str, kind: str) -> str:
    """Return the name of the book of a language: kind is "pdf" or "epub"."""
    return f"flask-on-heroku-{code}.{kind}"


def package_folder(name: str) -> Path:
    """Return the folder of an installed package, without importing it. Raises LookupError where there is none."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise LookupError(f"The package {name} is not installed: run `make html`, which installs requirements.txt.")
    return Path(spec.origin).parent
