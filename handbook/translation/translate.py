"""Commands for a translator: `make language` begins a language, `make translate` shows what is missing in one."""

import sys
from collections.abc import Collection, Iterator
from difflib import get_close_matches
from pathlib import Path

import polib
from babel import Locale
from babel.localedata import locale_identifiers
from babel.messages.catalog import Catalog

from handbook.checks.prose import iterate_entries
from handbook.paths import ROOT
from handbook.sphinxext import languages, terms
from handbook.translation import catalogues

IN_PROGRESS = """\
# While a language is not finished, `make check` lets pass what is not translated, and each page says that it is.
finished = false
"""


def suggest(typed: str, names: dict[str, str]) -> str:
    """Return a question with the names closest to what was typed, "" if none is close; names: {spelling: name}."""
    spellings = get_close_matches(typed, names, cutoff=0.7)
    found = dict.fromkeys(names[spelling] for spelling in spellings)
    return f" Is it {' or '.join(found)}?" if found else ""


def begin_language(root: Path, code: str) -> None:
    """Make the folder of a language. Raises SystemExit with one line if the code is wrong or taken."""
    if code == "en":
        raise SystemExit("Say which language to begin: make language IN=pt_BR")
    if code in catalogues.list_target_languages(root):
        raise SystemExit(f"locale/{code} is there already: make translate IN={code} shows what is missing.")
    if not languages.is_language_code(code):
        names = {name.lower(): found for found, name in Locale("en").languages.items()}
        names |= {found.lower(): found for found in locale_identifiers()}
        hint = suggest(code.lower().replace("-", "_"), names)
        raise SystemExit(f'"{code}" is not the code of a language, such as pt_BR.{hint}')
    path = root / "locale" / code / "language.toml"
    path.parent.mkdir(parents=True)
    path.write_text(IN_PROGRESS, "utf-8")


def require_language(code: str, known: Collection[str], command: str) -> None:
    """Raise SystemExit, with one line, if a code is none of the known ones."""
    if code not in known:
        raise SystemExit(f"Say in which language: {command} IN={' or IN='.join(known)}, not {code}.")


def show_missing(root: Path, code: str, name: str) -> None:
    """Print what is missing of one catalogue ("guides/uwsgi", or "uwsgi"); for "", how much of each.

    The catalogues must be up to date with the English. Raises SystemExit with one line for a wrong name.
    """
    require_language(code, catalogues.list_target_languages(root), "make translate")
    catalogues.require_valid(root)
    templates = catalogues.load_templates(root)
    name = name.removeprefix("docs/").removesuffix(".md")
    names = {domain.rpartition("/")[2]: domain for domain in templates} | {domain: domain for domain in templates}
    if not name:
        domains = sorted(templates, key=lambda domain: domain != "sphinx")  # first: the theme's words are on every page
        counts = {domain: len(list(find_missing(root, code, domain, templates[domain]))) for domain in domains}
        left = {domain: count for domain, count in counts.items() if count}
        for domain, count in left.items():
            print(f"{domain}: {count} to translate")
        print(f"Show them: make translate IN={code} PAGE={next(iter(left))}" if left else f"{code} is complete.")
    elif name not in names:
        raise SystemExit(f"There is no page {name}.{suggest(name, names)}")
    else:
        show_catalogue(root, code, names[name], templates)


def show_catalogue(root: Path, code: str, domain: str, templates: dict[str, Catalog]) -> None:
    found = list(find_missing(root, code, domain, templates[domain]))
    words = terms.load_terms(root, code)["words"]
    elsewhere = {entry.msgid: entry.msgstr for _path, entry in iterate_entries(root, code)}
    for english, translation, entry in found:
        print(f"{english}\n  {entry.msgid}")
        if entry.fuzzy:
            print(f"  the English was: {entry.previous_msgid}\n  its translation was: {entry.msgstr}")
        elif entry.msgid in elsewhere:
            print(f"  elsewhere it is: {elsewhere[entry.msgid]}")
        for term, word in words.items():
            if terms.term_pattern(term).search(entry.msgid):
                print(f"  glossary: {term} = {word[code]}" + (f" ({word['note']})" if "note" in word else ""))
        print(f"  write it in {translation}\n")
    print(f"{domain}: {f'{len(found)} to translate' if found else 'nothing is missing'} in {code}.")
    if (root / "docs" / f"{domain}.md").is_file():
        print(f"The page: make html, then _build/html/{code}/{domain}.html; as you write: make serve IN={code}")


def find_missing(root: Path, code: str, domain: str, template: Catalog) -> Iterator[tuple[str, str, polib.POEntry]]:
    """Yield (file:line of the English, file:line of the translation, entry) for each untranslated or fuzzy entry."""
    path = f"locale/{code}/LC_MESSAGES/{domain}.po"
    for entry in polib.pofile(str(root / path), wrapwidth=0):
        if not entry.obsolete and (entry.fuzzy or not entry.msgstr):
            source, line = template[entry.msgid].locations[0]
            yield f"{source}:{line}", f"{path}:{entry.linenum}", entry


if __name__ == "__main__":
    if sys.argv[1] == "begin":
        begin_language(ROOT, sys.argv[2])
    elif sys.argv[1] == "require":
        require_language(sys.argv[2], languages.list_languages(ROOT), "make serve")
    else:
        show_missing(ROOT, *sys.argv[2:4])
