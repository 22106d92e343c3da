"""All Sphinx extensions that this site has itself, as one: conf.py lists "handbook.sphinxext" for all of them."""

from importlib import import_module
from pathlib import Path
from zlib import crc32

from sphinx.application import Sphinx
from sphinx.config import Config

from handbook.translation import messages

EXTENSIONS = """
    books bundle changes commands downloads drawing errors facts languages machine_readable measurements
    page_info proof scrolling search snippet sources table_cards tabs terms tested_footer translation_progress tree
    unused_markup versions
""".split()


def validate_data_files(app: Sphinx, config: Config) -> None:
    """Read the data files before any extension does, so that no directive has to catch an error in them.

    Raises DataError, a SystemExit: Sphinx ends with its one line, without a traceback.
    """
    # Imported here, not above: some of these modules run with `python -m`, which warns if their package imported them.
    from handbook import facts, known_errors, site_files
    from handbook.bench import record
    from handbook.sphinxext import changes, languages, search, sources, terms

    root = Path(app.srcdir).parent
    facts.load_facts(root)
    known_errors.load_errors(root)
    changes.load_changes(root)
    config.redirects = site_files.load_redirects(root)
    sources.load_sources(root)
    if (root / record.FILE).is_file():
        record.load_record(root)
    for code in languages.list_languages(root):
        search.load_vocabulary(root, code)
        if code != "en":
            languages.is_finished(code, root)
            terms.load_terms(root, code)


def fingerprint_code(package: Path) -> int:
    """Return a number that changes with the code that reads pages: Sphinx then reads every page again."""
    found = (path for folder in ("", "sphinxext", "translation") for path in sorted((package / folder).glob("*.py")))
    return crc32(b"".join(path.read_bytes() for path in found))


def setup(app: Sphinx) -> dict:
    app.connect("config-inited", validate_data_files, priority=100)
    for name in EXTENSIONS:
        import_module(f"{__name__}.{name}").setup(app)
    messages.setup(app)
    code = fingerprint_code(Path(__file__).parents[1])
    return {"env_version": code, "parallel_read_safe": True, "parallel_write_safe": True}
