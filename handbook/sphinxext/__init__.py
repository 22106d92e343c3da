"""The Sphinx extensions of this site, in one: conf.py names only "handbook.sphinxext"."""

from pathlib import Path

from babel import UnknownLocaleError
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ConfigError

EXTENSIONS = (
    "around books bundle changes commands downloads drawing errors facts languages machines measurements".split()
)
EXTENSIONS += "proof scrolling search snippet sources table_cards tabs terms tested_footer translation_progress".split()
EXTENSIONS += "tree versions".split()


def refuse_bad_data(app: Sphinx, config: Config) -> None:
    """Read the data files before anything else does. Raises SystemExit with one line, file, line, and what to do.

    Sphinx shows any other exception with a traceback, as its own fault.
    """
    # Here, because some of these modules are programs too: `python -m` warns of one that its package has imported.
    from handbook import known_errors
    from handbook.sphinxext import changes, facts, languages, search, sources, terms
    from handbook.sphinxext import root as site_root

    root = Path(app.srcdir).parent
    try:
        facts.read(root)
        known_errors.load_errors(root)
        changes.read(root)
        config.redirects = site_root.redirects(root)
        if (root / sources.FILE).is_file():
            sources.read(root)
        for code in languages.languages(root):
            search.vocabulary(root, code)
            if code != "en":
                languages.finished(code, root)
                terms.read(root, code)
    except UnknownLocaleError as error:
        raise SystemExit(f"locale/{error.identifier} is not the code of a language: rename the folder.") from None
    except (ConfigError, ValueError) as error:
        raise SystemExit(str(error)) from None


def setup(app: Sphinx) -> dict:
    app.connect("config-inited", refuse_bad_data, priority=100)
    for name in EXTENSIONS:
        app.setup_extension(f"{__name__}.{name}")
    app.setup_extension("handbook.translation.messages")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
