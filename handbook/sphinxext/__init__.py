"""All Sphinx extensions of this site as one extension: conf.py lists only "handbook.sphinxext"."""

from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config

EXTENSIONS = """
    books bundle changes commands downloads drawing errors facts languages machine_readable measurements page_info
    proof scrolling search snippet sources table_cards tabs terms tested_footer translation_progress tree versions
""".split()


def validate_data_files(app: Sphinx, config: Config) -> None:
    """Read the data files before any extension does. Raises DataError, a SystemExit: Sphinx ends with its one line.

    Sphinx would show any other exception with a traceback, as an error of its own.
    """
    # Imported here, not above: some of these modules run with `python -m`, which warns if their package imported them.
    from handbook import known_errors
    from handbook.sphinxext import changes, facts, languages, search, sources, terms
    from handbook.sphinxext import root as site_root

    root = Path(app.srcdir).parent
    facts.load_facts(root)
    known_errors.load_errors(root)
    changes.load_changes(root)
    config.redirects = site_root.load_redirects(root)
    if (root / sources.FILE).is_file():
        sources.load_sources(root)
    for code in languages.list_languages(root):
        search.load_vocabulary(root, code)
        if code != "en":
            languages.is_finished(code, root)
            terms.load_terms(root, code)


def setup(app: Sphinx) -> dict:
    app.connect("config-inited", validate_data_files, priority=100)
    for name in EXTENSIONS:
        app.setup_extension(f"{__name__}.{name}")
    app.setup_extension("handbook.translation.messages")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
