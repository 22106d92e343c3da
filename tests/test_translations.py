"""docs/about/translations.md: a language is begun, translated, finished and taken away, as a translator would.

It happens in a small project with the real Makefile, settings and extensions.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

import catalogues
import languages
import polib
import pytest
from lxml import html
from sphinx.errors import ConfigError

from tests import ROOT
from tests.gates import translation
from tests.test_gates import GOOD, write

MACHINERY = ["Makefile", "conf.py", "requirements.txt", "docs/_ext", "docs/_static", "docs/_templates"]
MACHINERY += ["tests/__init__.py", "tests/gates", "tests/platform"]
PAGES = ["index", "guides/port", "about/translations", "search"]
NOTICE = "This page is not translated in full yet."
THE_PAGE = ["sphinx", "guides/port", "facts", "snippets"]  # the catalogues of all that guides/port shows


def make(root: Path, *arguments: str) -> None:
    env = {name: value for name, value in os.environ.items() if not name.startswith("MAKE") and name != "SITE_URL"}
    command = ["make", "--silent", *arguments]
    result = subprocess.run(command, cwd=root, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert result.returncode == 0, result.stdout


def missing(root: Path) -> list[str]:
    """Return the catalogues of which the gate wants more, once for each message."""
    return [finding.path.partition("LC_MESSAGES/")[2].removesuffix(".po") for finding in translation.gate(root)]


def catalogue(root: Path, code: str, domain: str) -> Path:
    return root / "locale" / code / "LC_MESSAGES" / f"{domain}.po"


def translate(*paths: Path) -> None:
    """Write a translation for each message: the English with the language before it."""
    for path in paths:
        entries = polib.pofile(str(path), wrapwidth=0)
        for entry in entries.untranslated_entries():
            entry.msgstr = f"{entries.metadata['Language'].upper()} {entry.msgid}"
        entries.save()


@pytest.fixture
def root(tmp_path) -> Path:
    """A small project with Spanish, which has no catalogue yet."""
    for name in MACHINERY:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy2)(ROOT / name, tmp_path / name)
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    (tmp_path / "locale" / "es").mkdir(parents=True)
    toctree = "# Home\n\n```{toctree}\nguides/port\nabout/translations\n```\n"
    about = "# Translations\n\n```{progress}\n```\n"
    for name, text in (GOOD | {"docs/index.md": toctree, "docs/about/translations.md": about}).items():
        write(name, text)(tmp_path)
    return tmp_path


def tree(root: Path, code: str, page: str) -> html.HtmlElement:
    return html.parse(str(root / "_build" / "html" / code / f"{page}.html")).getroot()


def start(root: Path) -> str:
    """Return the page at the root of the site."""
    return (root / "_build" / "html" / "index.html").read_text("utf-8")


def offered(root: Path, *codes: str) -> set[tuple[str, ...]]:
    """Return the languages that a page offers, once for all pages that offer the same."""
    pages = [tree(root, code, page) for code in codes for page in PAGES]
    return {tuple(page.xpath("//nav[@class='languages']/a/@hreflang")) for page in pages}


def declared(root: Path) -> dict[str, list[str]]:
    """Return {page: the languages in which it says it can be read}, the same in each of them."""
    return {page: tree(root, "es", page).xpath("//link[@rel='alternate']/@hreflang") for page in PAGES}


def with_notice(root: Path, code: str) -> list[str]:
    return [page for page in PAGES if NOTICE in tree(root, code, page).xpath("string(//article)")]


def state(root: Path) -> list[list[str]]:
    rows = tree(root, "en", "about/translations").xpath("//article//tbody/tr")
    return [[cell.text_content().strip() for cell in row] for row in rows]


def test_a_language_is_begun_translated_finished_and_taken_away(root):
    # Begun: every page offers it, says that it is in English, and no search engine is sent to it.
    make(root, "language", "IN=pt_BR")
    translate(*(root / "locale" / "es").rglob("*.po"))
    catalogues.main(root)
    make(root, "html")
    assert missing(root) == []
    assert offered(root, "en", "es", "pt_BR") == {("en", "es", "pt-BR")}
    assert (with_notice(root, "en"), with_notice(root, "es"), with_notice(root, "pt_BR")) == ([], [], PAGES)
    assert set(map(tuple, declared(root).values())) == {("en", "es", "x-default")}
    assert re.findall('hreflang="(.+?)" href', start(root)) == ["en", "es", "x-default"]
    page = tree(root, "pt_BR", "guides/port")
    assert page.get("lang") == "pt-BR"
    assert page.xpath("//article//h1[@lang='en']")
    assert [row[:3] for row in state(root)][1:] == [
        ["Español", "finished", "100 %"],
        ["Português (Brasil)", "in progress", "0 %"],
    ]

    # One page translated: only now it is said to be Portuguese.
    translate(*[catalogue(root, "pt_BR", domain) for domain in THE_PAGE])
    make(root, "_build/html/es", "_build/html/pt_BR")
    assert with_notice(root, "pt_BR") == [page for page in PAGES if page not in ("guides/port", "search")]
    assert declared(root)["guides/port"] == ["en", "es", "pt-BR", "x-default"]
    assert declared(root)["index"] == ["en", "es", "x-default"]
    assert not tree(root, "pt_BR", "guides/port").xpath("//article//*[@lang='en'][not(@hreflang)]")

    # Finished: every sentence counts.
    catalogues.main(root)
    assert missing(root) == []
    write("locale/pt_BR/language.toml", "finished = true")(root)
    assert set(missing(root)) == {"index", "about/translations", "drawings", "sources"}

    # Taken away: nobody offers it.
    shutil.rmtree(root / "locale" / "pt_BR")
    make(root, "_build/html/en")
    assert offered(root, "en") == {("en", "es")}


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("finished = yes", "Invalid value (at line 1, column 12): correct it there."),
        ("finished = 'no'", "write finished = true, or finished = false."),
        ("", "write finished = true, or finished = false."),
    ],
)
def test_a_language_file_that_cannot_be_read_gets_one_line(tmp_path, text, advice):
    write("locale/es/language.toml", text)(tmp_path)
    with pytest.raises(ConfigError) as error:
        languages.finished("es", tmp_path)
    assert str(error.value) == f"locale/es/language.toml: {advice}"
