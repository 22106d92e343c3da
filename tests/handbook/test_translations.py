"""docs/about/translations.md: a language is begun, translated, finished and removed, as a translator would do it.

The tests use a small project with the real Makefile, settings and extensions.
"""

import re
import shutil
from pathlib import Path

import polib
import pytest
from lxml import html

from handbook.checks import translation
from handbook.paths import ROOT
from handbook.sphinxext import languages
from handbook.translation import catalogues, translate
from tests.conftest import data_error, run_make, write_files
from tests.handbook.test_checks import GOOD, write

MACHINERY = ["Makefile", "conf.py", "requirements.txt", "handbook", "docs/_static", "docs/_templates"]
SITE = {
    "docs/index.md": "# Home\n\n```{toctree}\nguides/port\nabout/translations\n```\n",
    "docs/about/translations.md": "# Translations\n\n```{progress}\n```\n\n```{sources} 1\n```\n\n"
    "```{drawing} port\n```\n",
    "docs/about/sources.toml": '["1.01"]\nwhat = "A port"\nverdict = "dropped"\ntoday = "It works."\n',
}
PAGES = ["index", "guides/port", "about/translations", "search"]
NOTICE = "This page is not translated in full yet."
# The catalogues with all messages of the page guides/port.
TRANSLATED = ["sphinx", "facts", "guides/port"]


def make(root: Path, *arguments: str) -> None:
    result = run_make(root, *arguments)
    assert result.returncode == 0, result.stdout + result.stderr


def test_file_in_the_folder_of_the_languages_is_no_language(tmp_path):
    shutil.copy2(ROOT / "Makefile", tmp_path)
    (tmp_path / "locale" / "es").mkdir(parents=True)
    (tmp_path / "locale" / "README.md").touch()
    assert run_make(tmp_path, "--eval=show:; @echo $(LANGUAGES)", "show").stdout == "en es\n"


def list_untranslated(root: Path) -> list[str]:
    """Return the catalogue of each finding of the check: one with three findings is listed three times."""
    return [
        finding.path.partition("LC_MESSAGES/")[2].removesuffix(".po") for finding in translation.check_translation(root)
    ]


def catalogue(root: Path, code: str, domain: str) -> Path:
    return root / "locale" / code / "LC_MESSAGES" / f"{domain}.po"


def translate_all(*paths: Path) -> None:
    """Translate each untranslated message: the code of the language, then the English."""
    for path in paths:
        entries = polib.pofile(str(path), wrapwidth=0)
        for entry in entries.untranslated_entries():
            entry.msgstr = f"{entries.metadata['Language'].upper()} {entry.msgid}"
        entries.save()


def copy_project(folder: Path, files: dict[str, str]) -> Path:
    """Write files into a folder, beside a copy of what builds the site; return the folder."""
    for name in MACHINERY:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy2)(ROOT / name, folder / name)
    (folder / ".venv").symlink_to(ROOT / ".venv")
    return write_files(folder, files)


@pytest.fixture
def root(tmp_path) -> Path:
    """Return a small project with Spanish, which has no catalogue yet."""
    (tmp_path / "locale" / "es").mkdir(parents=True)
    return copy_project(tmp_path, GOOD | SITE)


def parse_page(root: Path, code: str, page: str) -> html.HtmlElement:
    return html.parse(str(root / "_build" / "html" / code / f"{page}.html")).getroot()


def read_root_page(root: Path) -> str:
    """Return the HTML of the page at the root of the site."""
    return (root / "_build" / "html" / "index.html").read_text("utf-8")


def switcher_languages(root: Path, *codes: str) -> set[tuple[str, ...]]:
    """Return the set of the lists of languages that the pages offer; one item if they all offer the same."""
    pages = [parse_page(root, code, page) for code in codes for page in PAGES]
    return {tuple(page.xpath("//nav[@class='languages']/a/@hreflang")) for page in pages}


def alternate_languages(root: Path) -> dict[str, list[str]]:
    """Return {page: the languages that its alternate links name}, read from the Spanish edition."""
    return {page: parse_page(root, "es", page).xpath("//link[@rel='alternate']/@hreflang") for page in PAGES}


def pages_with_notice(root: Path, code: str) -> list[str]:
    return [page for page in PAGES if NOTICE in parse_page(root, code, page).xpath("string(//article)")]


def progress_rows(root: Path) -> list[list[str]]:
    rows = parse_page(root, "en", "about/translations").xpath("(//article//table)[1]/tbody/tr")
    return [[cell.text_content().strip() for cell in row] for row in rows]


def test_a_language_is_begun_translated_finished_and_taken_away(root):
    # Begun: every page offers the language, its own pages have a notice, and no alternate link names it yet.
    make(root, "language", "IN=pt_BR")
    translate_all(*(root / "locale" / "es").rglob("*.po"))
    catalogues.main(root)
    make(root, "html")
    assert list_untranslated(root) == []
    assert switcher_languages(root, "en", "es", "pt_BR") == {("en", "es", "pt-BR")}
    assert [pages_with_notice(root, code) for code in ("en", "es", "pt_BR")] == [[], [], PAGES]
    assert set(map(tuple, alternate_languages(root).values())) == {("en", "es", "x-default")}
    assert re.findall('hreflang="(.+?)" href', read_root_page(root)) == ["en", "es", "x-default"]
    page = parse_page(root, "pt_BR", "guides/port")
    assert page.get("lang") == "pt-BR"
    assert page.xpath("//article//h1[@lang='en']")
    assert [row[:3] for row in progress_rows(root)][1:] == [
        ["Español", "finished, 100 %", "0"],
        ["Português (Brasil)", "in progress, 0 %", "0"],
    ]

    # One page and the facts are translated: the alternate links of that page now name Portuguese.
    translate_all(*[catalogue(root, "pt_BR", domain) for domain in TRANSLATED])
    make(root, "_build/html/es", "_build/html/pt_BR")
    assert pages_with_notice(root, "pt_BR") == ["index", "about/translations"]
    # The index has Portuguese where it is translated and English elsewhere, so the search has a stemmer for each.
    static = root / "_build" / "html" / "pt_BR" / "_static"
    assert "stemmers: [new PortugueseStemmer(), new EnglishStemmer()]" in (static / "search-language.js").read_text(
        "utf-8"
    )
    index = (static / "search-index.js").read_text("utf-8")
    assert '"guides/port","PT_BR ' in index
    assert '"index","Home"' in index
    assert alternate_languages(root)["guides/port"] == ["en", "es", "pt-BR", "x-default"]
    assert alternate_languages(root)["index"] == ["en", "es", "x-default"]
    assert not parse_page(root, "pt_BR", "guides/port").xpath("//article//*[@lang='en'][not(@hreflang)]")

    # Finished: every missing translation is a finding.
    catalogues.main(root)
    assert list_untranslated(root) == []
    write("locale/pt_BR/language.toml", "finished = true")(root)
    assert set(list_untranslated(root)) == {"index", "about/translations"}

    # Removed: no page offers the language.
    shutil.rmtree(root / "locale" / "pt_BR")
    make(root, "_build/html/en")
    assert switcher_languages(root, "en") == {("en", "es")}


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("finished = yes", ":1: this is not TOML: Invalid value. Correct the line."),
        ("finished = 'no'", ":1: write finished = true, or finished = false."),
        ("", ": write finished = true, or finished = false."),
    ],
)
def test_a_language_file_that_cannot_be_read_gets_one_line(tmp_path, text, advice):
    write("locale/es/language.toml", text)(tmp_path)
    assert data_error(languages.is_finished, "es", tmp_path) == f"locale/es/language.toml{advice}"


POT = """\
#: ../../docs/guides/uwsgi.md:1
msgid "Run uWSGI"
msgstr ""

#: ../../docs/guides/uwsgi.md:7
msgid "Each worker of a dyno asks `PORT`."
msgstr ""
"""
COMMENTS = """
#: ../../snippets/uwsgi/app.py:3
msgid "30 seconds"
msgstr ""

#: ../../snippets/uwsgi/app.py:4
msgid "It is chosen."
msgstr ""
"""
TERMS = """\
[words]
dyno = { es = "*dyno*" }
worker = { es = "proceso de trabajo", note = "En inglés, *worker*." }
queue = { es = "cola" }
[never]
"""
FACT = """\
[wait]
value = "30 seconds"
about = "how long"
source = "https://example.com/"
seen = "v1"
checked = 2026-11-20
"""
SMALL = {
    "docs/facts.toml": FACT,
    "docs/guides/uwsgi.md": "# Run uWSGI\n",
    "locale/es/terms.toml": TERMS,
    "_build/gettext/guides/uwsgi.pot": POT,
}
UWSGI = "locale/es/LC_MESSAGES/guides/uwsgi.po"
MISSING = f"""\
docs/guides/uwsgi.md:7
  Each worker of a dyno awaits `PORT`.
  the English was: Each worker of a dyno asks `PORT`.
  its translation was: ES Each worker of a dyno asks `PORT`.
  glossary: dyno = *dyno*
  glossary: worker = proceso de trabajo (En inglés, *worker*.)
  write it in {UWSGI}:16

snippets/uwsgi/app.py:3
  30 seconds
  elsewhere it is: ES 30 seconds
  write it in {UWSGI}:21

snippets/uwsgi/app.py:4
  It is chosen.
  write it in {UWSGI}:24

guides/uwsgi: 3 to translate in es.
The page: make html, then _build/html/es/guides/uwsgi.html; as you write: make serve IN=es
"""


@pytest.fixture
def outdated_project(tmp_path) -> Path:
    """Return a project in which a sentence changed after its translation, and new comments have no translation yet."""
    for name, text in SMALL.items():
        write(name, text)(tmp_path)
    catalogues.main(tmp_path)
    translate_all(*tmp_path.rglob("*.po"))
    write("_build/gettext/guides/uwsgi.pot", (POT + COMMENTS).replace("asks", "awaits"))(tmp_path)
    catalogues.main(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", ["uwsgi", "guides/uwsgi", "docs/guides/uwsgi.md"])
def test_a_translator_sees_what_is_missing_on_a_page_and_in_the_comments_of_its_files(outdated_project, capsys, name):
    capsys.readouterr()
    translate.show_missing(outdated_project, "es", name)
    assert capsys.readouterr().out == MISSING


def test_a_translator_sees_which_pages_miss_something_and_that_nothing_is_missing(outdated_project, capsys):
    capsys.readouterr()
    translate.show_missing(outdated_project, "es", "")
    left = "guides/uwsgi: 3 to translate\n"
    assert capsys.readouterr().out == f"{left}Show them: make translate IN=es PAGE=guides/uwsgi\n"
    translate.show_missing(outdated_project, "es", "facts")
    assert capsys.readouterr().out == "facts: nothing is missing in es.\n"


@pytest.mark.parametrize(
    ("command", "arguments", "advice"),
    [
        (translate.show_missing, ("es", "uwsg"), "There is no page uwsg. Is it guides/uwsgi?"),
        (translate.show_missing, ("es", "xyz"), "There is no page xyz."),
        (translate.show_missing, ("en", ""), "Say in which language: make translate IN=es, not en."),
        (translate.begin_language, ("en",), "Say which language to begin: make language IN=pt_BR"),
        (translate.begin_language, ("es",), "locale/es is there already: make translate IN=es shows what is missing."),
        (
            translate.begin_language,
            ("pt-br",),
            '"pt-br" is not the code of a language, such as pt_BR. Is it pt_BR or kgp_BR?',
        ),
        (
            translate.begin_language,
            ("portugese",),
            '"portugese" is not the code of a language, such as pt_BR. Is it pt?',
        ),
        (translate.begin_language, ("xx",), '"xx" is not the code of a language, such as pt_BR.'),
        (translate.begin_language, ("../x",), '"../x" is not the code of a language, such as pt_BR.'),
    ],
)
def test_a_wrong_name_gets_one_line(outdated_project, command, arguments, advice):
    with pytest.raises(SystemExit) as stop:
        command(outdated_project, *arguments)
    assert stop.value.code == advice
