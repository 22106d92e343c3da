"""README.md, CONTRIBUTING.md and those of handbook/: the files and the targets of make that they name exist."""

import re

import pytest

from handbook.paths import ROOT

FOLDERS = ("", "handbook/", "docs/", "snippets/*/", "handbook/fake_heroku/")
# {path: why it need not exist}.
NOT_HERE = {
    "es/guides/uwsgi.html": "an address",
    "locale/pt_BR/terms.toml": "the language that somebody may add",
    "locale/pt_BR/language.toml": "the language that somebody may add",
}
PATH = re.compile(r"(?=.*/)(?:[\w./-]|<[a-z]+>)+")


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "handbook/README.md"])
def test_a_path_and_a_target_that_is_named_exists(name):
    text = (ROOT / name).read_text("utf-8")
    spans = re.findall("`([^`\n]+)`", re.sub(r"(?ms)^ *(`{3,}).*?^ *\1$", "", text))
    paths = {word for span in spans for word in span.split() if PATH.fullmatch(word)} - NOT_HERE.keys()
    assert len(paths) > 10
    patterns = {path: re.sub("<[a-z]+>", "*", path) for path in paths}
    assert [path for path in paths if not any(any(ROOT.glob(f"{top}{patterns[path]}")) for top in FOLDERS)] == []
    targets = set(re.findall("^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall("(?:^|`)make ([a-z-]+)", text, re.MULTILINE)) - targets == set()


def test_the_readme_of_the_imitation_names_each_of_its_modules():
    folder = ROOT / "handbook" / "fake_heroku"
    named = set(re.findall(r"`([a-z]\w+\.py)`", (folder / "README.md").read_text("utf-8")))
    modules = {path.name for path in folder.glob("[a-z]*.py")}
    assert modules - named == set()
    assert named - modules <= {path.name for path in (ROOT / "tests/handbook").glob("test_*.py")}
