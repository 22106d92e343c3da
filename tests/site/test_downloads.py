"""handbook/sphinxext/downloads.py: each guide offers the app that the tests boot, in the reader's language."""

import os
import shutil
from pathlib import Path
from zipfile import ZipFile

import pytest
from lxml import html

from handbook import snippet_comments as comments
from handbook.fake_heroku.dyno import copy_app
from handbook.paths import ROOT, SITE, SNIPPETS
from handbook.sphinxext import downloads
from handbook.translation import messages
from tests.conftest import LANGUAGES
from tests.site.test_site import FINISHED

GUIDES = sorted(path.stem for path in (ROOT / "docs" / "guides").glob("*.md"))
APPS = [guide for guide in GUIDES if (SNIPPETS / guide / "app.py").is_file()]


def unzipped(code: str, slug: str) -> dict[str, str]:
    """Return {path: text} of the zip that a guide offers."""
    with ZipFile(SITE / code / "_downloads" / f"{slug}.zip") as found:
        return {name: found.read(name).decode() for name in found.namelist()}


def without_comments(files: dict[str, str]) -> dict[str, str]:
    return {name: comments.translate_comments(Path(name), text, lambda _words: "") for name, text in files.items()}


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_guide_with_an_app_offers_it_and_no_other_page_does(code):
    for path in (SITE / code).rglob("*.html"):
        links = html.parse(str(path)).xpath("//article//a[contains(@href, '_downloads/')]/@href")
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
    assert unzipped("en", slug) == expected


@pytest.mark.parametrize("slug", APPS)
@pytest.mark.parametrize("code", FINISHED)
def test_downloaded_app_has_translated_comments_and_the_same_code(slug, code):
    english, translated = unzipped("en", slug), unzipped(code, slug)
    assert without_comments(translated) == without_comments(english)
    catalogues = (ROOT / "locale" / code / "LC_MESSAGES").rglob("*.po")
    known = {said for path in catalogues for said in messages.load_translations(path).values()}
    said = [
        words for name, text in translated.items() for _row, _column, words in comments.find_comments(Path(name), text)
    ]
    assert set(said) <= known


def test_the_same_files_make_the_same_zip_at_another_time(tmp_path):
    first, second = (shutil.copytree(SNIPPETS / "gunicorn", tmp_path / folder / "gunicorn") for folder in "ab")
    for path in second.rglob("*"):
        os.utime(path, (0, 10**9))
        path.chmod(0o755)
    assert downloads.zip_app(first, str) == downloads.zip_app(second, str)
