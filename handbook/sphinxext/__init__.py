"""The Sphinx extensions of this site, in one: conf.py names only "handbook.sphinxext"."""

from sphinx.application import Sphinx

EXTENSIONS = "commands downloads drawing errors facts languages scrolling search snippet sources terms".split()
EXTENSIONS += "tested_footer translation_progress versions".split()


def setup(app: Sphinx) -> dict:
    for name in EXTENSIONS:
        app.setup_extension(f"{__name__}.{name}")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
