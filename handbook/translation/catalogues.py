"""The only writer of catalogues: ``make po`` brings locale/ up to date with the English.

The messages are the texts of the pages, which Sphinx's gettext builder collects into _build/gettext; the values of
facts, in the catalogue ``facts``; and the words of the templates and the theme, in ``sphinx``.
Every file is written beside its target and then moved over it, so an interrupted run leaves each
catalogue either as it was or complete.
"""

import os
import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import PoFileError, read_po, write_po
from sphinx_intl.catalog import fuzzy_entries, load_po, untranslated_entries

from handbook import facts
from handbook.data_files import DataError, find_key_line, find_line, read_text, show_path
from handbook.paths import ROOT, package_folder
from handbook.programs import run_program
from handbook.sphinxext import languages

# A valid line of a catalogue: empty, a comment, or one string in quotes. Babel does not check the quotes: it removes
# the first and the last character, whatever they are.
VALID_LINE = re.compile(r'(#(?!~).*|(#~ )?((msgctxt|msgid|msgstr) )?"([^"\\]|\\.)*")?')
WIDTH = 100
# The header fields that `msgfmt -c` requires. It accepts no missing date and no empty one: Git has the real one.
HEADER = r"""# {page}: {name}. Translate msgstr; `make po` writes the rest.
msgid ""
msgstr ""
"Project-Id-Version: Flask on Heroku\n"
"PO-Revision-Date: YEAR: Git knows\n"
"Last-Translator: the contributors\n"
"Language-Team: {name}\n"
"Language: {language}\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"

"""


def list_target_languages(root: Path = ROOT) -> list[str]:
    """Return the codes of all languages but English. Raises DataError."""
    return [code for code in languages.list_languages(root) if code != "en"]


def load_templates(root: Path = ROOT) -> dict[str, Catalog]:
    """Return {domain: catalogue of the English messages}; the gettext builder has run before. Raises DataError."""
    folder = root / "_build" / "gettext"
    found = {}
    for path in sorted(folder.rglob("*.pot")):
        with path.open("rb") as file:
            template = read_po(file)
        for message in template:  # Sphinx writes them relative to its output folder
            message.locations = [(source.removeprefix("../../"), line) for source, line in message.locations]
        found[path.relative_to(folder).with_suffix("").as_posix()] = template
    found["facts"] = _make_template(_fact_values(root))
    found["sphinx"] = _make_template(_theme_words(root))
    return found


def _make_template(messages: Iterable[tuple[str, str, int]]) -> Catalog:
    catalog = Catalog()
    for message, file, line in messages:
        catalog.add(message, locations=[(file, line)])
    return catalog


def _fact_values(root: Path) -> Iterator[tuple[str, str, int]]:
    source = read_text(root, facts.FILE)
    for name, fact in facts.load_facts(root).items():
        if not fact["value"].isdigit():  # "$7" and "1,000" are written differently in other languages
            yield fact["value"], facts.FILE, find_key_line(source, name)


def _theme_words(root: Path) -> Iterator[tuple[str, str, int]]:
    folders = ((root / "docs" / "_templates").rglob("*.html"), (root / "handbook" / "sphinxext").glob("*.py"))
    for path in (*sorted(folders[0]), *sorted(folders[1])):
        yield from _extract_words(read_text(root, path), path.relative_to(root).as_posix())
    yield from _package_words()


@cache
def _package_words() -> list[tuple[str, str, int]]:
    """Return the words of the theme and of Sphinx; cached, because several checks ask, and Babel is slow."""
    furo, sphinx = package_folder("furo") / "theme" / "furo", package_folder("sphinx")
    files = [furo / "base.html", furo / "page.html", sphinx / "writers" / "html5.py", sphinx / "locale" / "__init__.py"]
    return [found for path in files for found in _extract_words(path.read_text("utf-8"), path.name)]


def _extract_words(text: str, source: str) -> Iterator[tuple[str, str, int]]:
    method = "python" if source.endswith(".py") else "jinja2.ext:babel_extract"
    keywords = {"_": None, "N_": None, "gettext": None}  # "gettext" is what {% trans %} calls
    content, options = BytesIO(text.encode()), {"extensions": "jinja2.ext.i18n"}
    for line, message, _notes, _context in extract(method, content, keywords=keywords, options=options):
        # The links in Furo's footer are names, or not shown.
        if isinstance(message, str) and "<a " not in message:
            yield message, source, line


def find_problems(path: Path) -> Iterator[tuple[int, str]]:
    """Yield (line, what is wrong and what to do) for the first problem that keeps a catalogue from being read."""
    content, cure = path.read_bytes(), "Correct the entry by hand."
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        yield content[: error.start].count(b"\n") + 1, f"this is not UTF-8. {cure}"
        return
    for number, line in enumerate(text.splitlines(), 1):
        if not VALID_LINE.fullmatch(line.rstrip()):
            wrong = 'this is not a comment, nor msgid or msgstr with one string in quotes; inside it, write \\".'
            yield number, f"{wrong} {cure}"
            return
    try:
        read_po(BytesIO(content), abort_invalid=True)
    except PoFileError as error:
        yield error.lineno + 1, f"{str(error).partition(' on ')[0]}. {cure}"
    except (LookupError, ValueError) as error:
        yield find_line(text, 'msgid ""'), f"its header cannot be read ({error}). {cure}"


def require_valid(root: Path) -> None:
    """Raise DataError for the first catalogue that cannot be read."""
    for path in sorted((root / "locale").rglob("*.po")):
        for line, advice in find_problems(path):
            raise DataError(show_path(root, path), line, advice)


def render_template(template: Catalog) -> bytes:
    """Return the English messages as the content of a .pot file for gettext's programs."""
    for message in template:
        message.flags -= {"python-format", "python-brace-format"}  # {ref} and {{ name }} are MyST, not Python
    output = BytesIO()
    write_po(output, template, no_location=True)
    return output.getvalue()


def merge_template(path: Path, template: Catalog, language: str) -> bytes:
    """Return what the catalogue at path should hold, given the English messages of template.

    Translations are kept; that of a changed message is marked fuzzy, that of a removed one is dropped. The
    file must be valid: see find_problems().
    """
    name = Locale.parse(language).english_name
    head = HEADER.format(page=path.stem, language=language, name=name)
    with TemporaryDirectory() as folder:
        old = path if path.exists() else Path(folder, "new.po")
        if old != path:
            old.write_text(head, "utf-8")
        content = render_template(template)
        merged = run_gettext("msgmerge", "--quiet", "--previous", "--no-location", old, "-", content=content)
    if b"\n#~ " in merged:
        merged = run_gettext("msgattrib", "--no-obsolete", content=merged)
    # HEADER replaces gettext's header, whose dates and versions of tools tell a translator nothing.
    return (head + merged.decode().partition("\n\n")[2]).encode()


def run_gettext(program: str, *arguments: str | Path, content: bytes) -> bytes:
    """Return the output of a program of gettext for a catalogue as its input. Raises OSError with its error message."""
    command = [program, f"--width={WIDTH}", *arguments]
    result = run_program(command, input=content, capture_output=True, env=os.environ | {"LC_ALL": "C.UTF-8"})
    if result.returncode:
        raise OSError(result.stderr.decode("utf-8", "replace").strip())
    return result.stdout


def main(root: Path = ROOT) -> None:
    require_valid(root)
    found, targets = load_templates(root), list_target_languages(root)
    for language in targets:
        folder = root / "locale" / language / "LC_MESSAGES"
        new = {}
        for domain, template in found.items():
            path = folder / f"{domain}.po"
            content = merge_template(path, template, language)
            if not path.exists() or path.read_bytes() != content:
                new[path] = content
        for path, content in new.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            beside = path.with_suffix(".po.new")
            try:
                beside.write_bytes(content)
                os.replace(beside, path)
            finally:
                beside.unlink(missing_ok=True)
            print(f"{path.relative_to(root)}: brought up to date")
        catalogs = [load_po(path) for path in folder.rglob("*.po")]
        todo = sum(len(untranslated_entries(catalog)) for catalog in catalogs)
        fuzzy = sum(len(fuzzy_entries(catalog)) for catalog in catalogs)
        count = f"{todo} not translated, {fuzzy} to correct because the English changed"
        print(f"locale/{language}: {sum(map(len, catalogs))} messages: {count}")


if __name__ == "__main__":
    try:
        main()
    except OSError as error:  # a file that cannot be read or written; any other error is a fault of this program
        sys.exit(f"make po: {error}")
