"""Where things are: the root of the project, the snippets, the built site and its address."""

import os
from fnmatch import fnmatch
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parents[1]
SNIPPETS = ROOT / "snippets"
SITE = ROOT / "_build" / "html"
BOOKS = ROOT / "_build" / "books"  # a marker: it exists after `make books`
# What Python, macOS, Emacs and Vim leave in a folder: nobody has to delete it. .gitignore has the same names.
LEFTOVERS = ["__pycache__", ".DS_Store", "*~", "*.sw?", ".#*"]


def is_leftover(path: Path) -> bool:
    return any(fnmatch(part, name) for part in path.parts for name in LEFTOVERS)


def site_url() -> str:
    """Return the address of the published site (SITE_URL) with a trailing slash; "" if it is read from a folder."""
    url = os.environ.get("SITE_URL", "")
    return url and url.rstrip("/") + "/"


def book_filename(code: str, kind: str) -> str:
    """Return the name of the book of a language: kind is "pdf" or "epub"."""
    return f"flask-on-heroku-{code}.{kind}"


def page_test_name(slug: str) -> str:
    """Return the name of the module that has the tests of a page: "test_heroku_local" for "heroku-local"."""
    return f"test_{slug.replace('-', '_')}"


def list_apps(root: Path = ROOT) -> list[str]:
    """Return every app with a Procfile that works: "slug", and "slug/form-name" for another way."""
    snippets = root / "snippets"
    found = [path.parent for path in snippets.glob("*/Procfile")]
    forms = [
        form for form in snippets.glob("*/form-*") if any((app / "Procfile").is_file() for app in (form, form.parent))
    ]
    return sorted(folder.relative_to(snippets).as_posix() for folder in found + forms)


def package_folder(name: str) -> Path:
    """Return the folder of an installed package, without importing it. Raises LookupError where there is none."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise LookupError(f"The package {name} is not installed: run `make html`, which installs requirements.txt.")
    return Path(spec.origin).parent
