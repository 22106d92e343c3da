"""The only writer of catalogues: ``make po`` brings locale/ up to date with the English.

The messages: sentences of the pages (collected by Sphinx's gettext builder into _build/gettext),
comments of the snippets, facts, sources, drawings, and the words of the templates and the theme.
Every file is written beside its target and moved over it, so an interrupted run leaves each
catalogue either as it was or complete.
"""

import os
import re
import sys
import tomllib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import PoFileError, normalize, read_po, write_po
from sphinx_intl.catalog import fuzzy_entries, load_po, untranslated_entries, update_with_fuzzy

from handbook import snippet_comments as comments
from handbook.paths import ROOT, package_folder
from handbook.sphinxext import drawing

# A message without words outside code and substitutions is the same in every language.
NOT_WORDS = re.compile(r"`[^`]*`|\{\{ ?\w+ ?\}\}")
WORDS = re.compile(r"[^\W\d_]")
# What a line of a catalogue may be: nothing, a comment, or one string in quotes. Babel takes the first
# and the last letter for the quotes, whatever they are.
LINE = re.compile(r'(#(?!~).*|(#~ )?((msgctxt|msgid|msgstr) )?"([^"\\]|\\.)*")?')
WIDTH = 100
OPTIONAL = ("today",)  # of a row of the sources that is kept or dropped
CODE = re.compile(r"[a-z]{2,3}(_[A-Z][a-z]{3})?(_[A-Z]{2})?")
# Dates and tool versions change on every run and tell a translator nothing: each catalogue has the same header.
DROPPED = (
    '"POT-Creation-Date',
    '"PO-Revision-Date',
    '"Generated-By',
    '"Project-Id',
    '"Report-Msgid',
    '"Last-Translator',
    '"Language-Team',
)
# What `msgfmt -c` asks for. Babel takes a date with YEAR in it for one that is not filled in, and passes it over.
HEADER = r"""
"Project-Id-Version: Flask on Heroku\n"
"PO-Revision-Date: YEAR: Git knows\n"
"Last-Translator: the contributors\n"
"Language-Team: {name}\n"
""".lstrip()


class Unreadable(Exception):
    """A source that no catalogue can be made from: its path, the line (0 for the whole file), what to correct."""

    def __init__(self, path: str, line: int, advice: str):
        super().__init__(f"{path}:{line}: {advice}" if line else f"{path}: {advice}")
        self.path, self.line, self.advice = path, line, advice


def languages(root: Path = ROOT) -> list[str]:
    return sorted(folder.name for folder in (root / "locale").iterdir() if folder.is_dir())


def templates(root: Path = ROOT) -> dict[str, Catalog]:
    """Return {domain: every English message} after the gettext builder has run. Raises Unreadable."""
    folder = root / "_build" / "gettext"
    found = {}
    for path in sorted(folder.rglob("*.pot")):
        with path.open("rb") as file:
            found[path.relative_to(folder).with_suffix("").as_posix()] = read_po(file)
    found["facts"] = _catalog(_data(root, "docs/facts.toml", ("value", "about", "seen")))
    found["drawings"] = _catalog(_drawings(root))
    found["sources"] = _catalog(_data(root, "docs/about/sources.toml", ("what", "today")))
    if (root / "docs/about/changes.toml").is_file():
        found["changes"] = _catalog(_data(root, "docs/about/changes.toml", ("what",)))
    found["sphinx"] = _catalog(_theme_words(root))
    found["snippets"] = _catalog(_snippet_comments(root))
    return found


def is_code(code: str) -> bool:
    """Return whether Babel knows a language by this code."""
    try:
        Locale.parse(code)
    except (ValueError, UnknownLocaleError):
        return False
    return bool(CODE.fullmatch(code))


def _catalog(messages: Iterator[tuple[str, str, int]]) -> Catalog:
    catalog = Catalog()
    for message, file, line in messages:
        catalog.add(message, locations=[(file, line)])
    return catalog


def _snippet_comments(root: Path) -> Iterator[tuple[str, str, int]]:
    for path in sorted((root / "snippets").rglob("*")):
        if path.is_file():
            source = path.relative_to(root).as_posix()
            try:
                for row, _column, words in comments.find(path, path.read_text("utf-8", errors="replace")):
                    yield words, source, row + 1
            except SyntaxError as error:
                raise Unreadable(
                    source, error.lineno or 1, f"this is not Python: {error.msg}. Correct the file."
                ) from None


def _data(root: Path, file: str, keys: tuple[str, ...]) -> Iterator[tuple[str, str, int]]:
    try:
        text = (root / file).read_text("utf-8")
        entries = tomllib.loads(text)
    except ValueError as error:  # of tomllib, or of UTF-8
        raise Unreadable(file, 0, f"{error}: correct it there.") from None
    for name, entry in entries.items():
        head = re.search(rf'^\["?{re.escape(name)}"?\]', text, re.MULTILINE)
        number = text[: head.start()].count("\n") + 1 if head else 0
        for key in keys:
            if not isinstance(entry, dict) or (key not in entry and key not in OPTIONAL):
                raise Unreadable(file, number, f"{name} has no {key}: write it.")
            if key in entry:
                yield entry[key], file, number


def _drawings(root: Path) -> Iterator[tuple[str, str, int]]:
    for path in sorted((root / "docs" / "_drawings").glob("*.svg")):
        for words, line in drawing.words(path.read_text("utf-8")):
            yield words, path.relative_to(root).as_posix(), line


def _theme_words(root: Path) -> Iterator[tuple[str, str, int]]:
    furo = package_folder("furo") / "theme" / "furo"
    sphinx = package_folder("sphinx")
    files = [
        *sorted((root / "docs" / "_templates").rglob("*.html")),
        *sorted((root / "handbook" / "sphinxext").glob("*.py")),
        *[furo / name for name in ("base.html", "page.html")],
        sphinx / "writers" / "html5.py",
        sphinx / "locale" / "__init__.py",
    ]
    for path in files:
        source = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
        method = "python" if path.suffix == ".py" else "jinja2.ext:babel_extract"
        with path.open("rb") as file:
            keywords = {"_": None, "N_": None, "gettext": None}  # "gettext" is what {% trans %} calls
            words = extract(method, file, keywords=keywords, options={"extensions": "jinja2.ext.i18n"})
            for line, message, _notes, _context in words:
                # The links in Furo's footer are names, or not shown.
                if isinstance(message, str) and "<a " not in message:
                    yield message, source, line


def fault(path: Path) -> tuple[int, str] | None:
    """Return (line, what is wrong there) of the first fault that keeps a catalogue from being read, or None."""
    content = path.read_bytes()
    try:
        lines = content.decode("utf-8").splitlines()
        wrong = next((number for number, line in enumerate(lines, 1) if not LINE.fullmatch(line.rstrip())), 0)
        if wrong:
            return wrong, 'this is not a comment, nor msgid or msgstr with one string in quotes; inside it, write \\"'
        read_po(lines, abort_invalid=True)
    except UnicodeDecodeError as error:
        return content[: error.start].count(b"\n") + 1, "this is not UTF-8"
    except PoFileError as error:
        return error.lineno + 1, str(error).partition(" on ")[0]
    return None


def updated(path: Path, template: Catalog, language: str) -> bytes:
    """Return what the catalogue at path should hold, given the English messages of template.

    Translations are kept; that of a changed message is marked fuzzy, that of a removed one goes. The file
    must have no fault.
    """
    locale = Locale.parse(language)
    catalog = Catalog(locale=locale, project="Flask on Heroku", fuzzy=False)
    if path.exists():
        with path.open("rb") as file:
            catalog = read_po(file, locale=language)
        catalog.fuzzy = False
    # The English that a fuzzy translation belongs to: to Babel, any comment.
    previous = {}
    for message in catalog:
        previous[message.id] = "".join(f"#{note}\n" for note in message.user_comments if note.startswith("|"))
        message.user_comments = [note for note in message.user_comments if not note.startswith("|")]
    update_with_fuzzy(catalog, template)
    catalog.obsolete.clear()
    for message in catalog:
        message.flags -= {"python-format", "python-brace-format"}  # {ref} and {{ name }} are MyST, not Python
        if message.id and not message.string and not WORDS.search(NOT_WORDS.sub("", str(message.id))):
            message.string = message.id
        if message.previous_id:
            (old,) = message.previous_id
            quoted = normalize(old, width=WIDTH).replace("\n", "\n#| ")
            previous[message.id] = previous[old] or f"#| msgid {quoted}\n"
    catalog.header_comment = f"# {path.stem}: {locale.english_name}. Translate msgstr; `make po` writes the rest."
    output = BytesIO()
    write_po(output, catalog, width=WIDTH, no_location=True)
    kept = []
    messages = iter(catalog)
    for line in output.getvalue().decode().splitlines(keepends=True):
        if line.startswith("msgid "):
            message = next(messages)
            kept.append(previous.get(message.id, "") if message.fuzzy else "")
        if line.startswith('"Language: '):
            kept.append(HEADER.format(name=locale.english_name))
        if not line.startswith(DROPPED):
            kept.append(line)
    return "".join(kept).encode()


def main(root: Path = ROOT) -> None:
    for path in sorted((root / "locale").rglob("*.po")):
        if wrong := fault(path):
            raise SystemExit(f"{path.relative_to(root)}:{wrong[0]}: {wrong[1]}. Correct the entry by hand.")
    try:
        found = templates(root)
    except Unreadable as error:
        raise SystemExit(str(error)) from None
    for language in languages(root):
        if not is_code(language):
            raise SystemExit(f"locale/{language}: this is not the code of a language, such as pt_BR: rename it.")
        folder = root / "locale" / language / "LC_MESSAGES"
        new = {}
        for domain, template in found.items():
            path = folder / f"{domain}.po"
            content = updated(path, template, language)
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
        print(f"locale/{language}: {sum(map(len, catalogs))} messages, {todo} not translated, {fuzzy} fuzzy")


if __name__ == "__main__":
    try:
        main()
    except OSError as error:  # a file that cannot be read or written; any other error is a fault of this program
        sys.exit(f"make po: {error}")
