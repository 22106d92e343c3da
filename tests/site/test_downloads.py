"""handbook/sphinxext/downloads.py: each guide offers the app that the tests boot, in the reader's language."""

import os
import shutil
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from zipfile import ZipFile

import pytest

from handbook import snippet_comments as comments
from handbook.fake_heroku.dyno import copy_app
from handbook.paths import ROOT, SITE, SNIPPETS
from handbook.sphinxext import downloads
from handbook.translation import messages
from tests.conftest import LANGUAGES, parse_page
from tests.site.test_site import FINISHED

GUIDES = sorted(path.stem for path in (ROOT / "docs" / "guides").glob("*.md"))
APPS = [guide for guide in GUIDES if (SNIPPETS / guide / "app.py").is_file()]


def read_download(code: str, slug: str) -> dict[str, str]:
    """Return {path: text} of the zip that a guide offers."""
    with ZipFile(SITE / code / "_downloads" / f"{slug}.zip") as found:
        return {name: found.read(name).decode() for name in found.namelist()}


def strip_comments(files: dict[str, str]) -> dict[str, str]:
    return {name: comments.translate_comments(Path(name), text, lambda _words: "") for name, text in files.items()}


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_guide_with_an_app_offers_it_and_no_other_page_does(code):
    for path in (SITE / code).rglob("*.html"):
        links = parse_page(path).xpath("//article//a[contains(@href, '_downloads/')]/@href")
        offered = path.parent.name == "guides" and path.stem in APPS
        assert links == ([f"../_downloads/{path.stem}.zip"] if offered else []), path


@pytest.mark.parametrize("slug", APPS)
def test_the_english_app_is_the_one_that_the_tests_boot(slug, tmp_path):
    booted = copy_app(slug, tmp_path / slug)
    files = {path.relative_to(tmp_path).as_posix(): path for path in booted.rglob("*") if path.is_file()}
    expected = {
        name: "".join(
            line for line in path.read_text("utf-8").splitlines(keepends=True) if not comments.is_marker(line)
        )
        for name, path in files.items()
    }
    assert read_download("en", slug) == expected


@pytest.mark.parametrize("slug", APPS)
@pytest.mark.parametrize("code", FINISHED)
def test_downloaded_app_has_translated_comments_and_the_same_code(slug, code):
    english, translated = read_download("en", slug), read_download(code, slug)
    assert strip_comments(translated) == strip_comments(english)
    catalogues = (ROOT / "locale" / code / "LC_MESSAGES").rglob("*.po")
    known = {said for path in catalogues for said in messages.load_translations(path).values()}
    said = [
        words for name, text in translated.items() for _row, _column, words in comments.find_comments(Path(name), text)
    ]
    assert set(said) <= known


def test_the_order_of_the_catalogues_is_that_of_their_names(tmp_path, monkeypatch):
    """A comment that two catalogues translate is the same in each zip, however the folder lists its files."""
    folder = tmp_path / "locale" / "es" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    for name in "ab":
        (folder / f"{name}.po").write_text(f'msgid "a comment"\nmsgstr "un comentario {name}"\n')
    app_folder = tmp_path / "snippets" / "port"
    app_folder.mkdir(parents=True)
    (app_folder / "app.py").write_text("# a comment\n")
    app = SimpleNamespace(
        srcdir=str(tmp_path / "docs"),
        outdir=str(tmp_path),
        builder=SimpleNamespace(name="html"),
        config=SimpleNamespace(locale_dirs=["../locale"], language="es"),
        env=SimpleNamespace(found_docs={"guides/port"}),
    )
    zips = []
    for backwards in (False, True):
        listed = sorted(folder.glob("*.po"), reverse=backwards)
        monkeypatch.setattr(Path, "rglob", lambda path, pattern, listed=listed: iter(listed))
        monkeypatch.setattr(downloads.tree, "list_app_files", lambda _app: ["app.py"])
        downloads.write_downloads(app, None)
        zips.append((tmp_path / "_downloads" / "port.zip").read_bytes())
    assert zips[0] == zips[1]


def test_the_same_files_make_the_same_zip_at_another_time(tmp_path):
    first, second = (shutil.copytree(SNIPPETS / "gunicorn", tmp_path / folder / "gunicorn") for folder in "ab")
    for path in second.rglob("*"):
        os.utime(path, (0, 10**9))
        path.chmod(0o755)
    assert downloads.zip_app(first, str) == downloads.zip_app(second, str)


def test_a_picture_is_in_the_zip_as_it_is(tmp_path):
    content = b"\x89PNG\r\n\x1a\n\0\xff"
    (tmp_path / "logo.png").write_bytes(content)
    with ZipFile(BytesIO(downloads.zip_app(tmp_path, str))) as made:
        assert made.read(f"{tmp_path.name}/logo.png") == content


@pytest.mark.parametrize("character", ["\f", "\u2028", "\x85"])
def test_a_comment_is_translated_below_a_character_that_ends_no_line(character):
    text = f'page = "{character}"\n# next\nnumber = 1\n'
    assert comments.translate_comments(Path("app.py"), text, str.upper) == text.replace("next", "NEXT")
