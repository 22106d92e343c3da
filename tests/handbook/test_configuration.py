"""The configuration of Sphinx: one file, whichever way the site is built."""

from pathlib import Path
from runpy import run_path

from handbook.paths import ROOT


def configured(folder: Path) -> dict:
    """Return what the conf.py of a folder sets."""
    return {name: value for name, value in run_path(str(folder / "conf.py")).items() if not name.startswith("__")}


def test_sphinx_build_docs_is_configured_as_make_html_is():
    """`sphinx-build docs out`, as everybody types it, reads docs/conf.py; make names the folder of the other one."""
    of_docs, of_make = configured(ROOT / "docs"), configured(ROOT)
    assert {name: of_docs.get(name) for name in of_make} == of_make
    # To Sphinx these begin at the conf.py that it reads.
    assert all((ROOT / "docs" / path).is_dir() for path in of_docs["html_static_path"] + of_docs["templates_path"])
    assert all(Path(path).is_absolute() for path in of_docs["html_static_path"] + of_docs["templates_path"])
