"""docs/guides/large-packages.md: what can be proved without Heroku's limits and PyTorch's own index."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from handbook.paths import ROOT, SNIPPETS
from handbook.reader.laptop import read_script
from tests import recognition
from tests.conftest import write_files

PAGE = (ROOT / "docs/guides/large-packages.md").read_text("utf-8")


def test_the_largest_package_is_shown_last(laptop):
    packages = laptop.folder / ".venv/lib/python3.14/site-packages"
    for name, kilobytes in (("small", 10), ("huge", 3000), ("middle", 300)):
        (packages / name).mkdir(parents=True)
        (packages / name / "data").write_bytes(b"x" * 1024 * kilobytes)
    assert laptop.run(read_script("large-packages/largest.bash")) == 0
    shown = [Path(line.split()[-1]).name for line in laptop.terminals[-1].log.splitlines()]
    assert shown == ["small", "middle", "huge"]


def test_what_slugignore_lists_is_what_git_would_ignore(laptop):
    (laptop.folder / ".slugignore").write_bytes((SNIPPETS / "large-packages/.slugignore").read_bytes())
    laptop.git("init", "--quiet")
    names = ["notebooks/a.py", "training-data/a.csv", "old.ipynb", "deep/old.ipynb", "a.psd"]
    write_files(laptop.folder, dict.fromkeys([*names, "app.py", "deep/notebooks/b.py"], ""))
    listed = laptop.git("ls-files", "--others", "--ignored", "--exclude-from=.slugignore").split()
    assert sorted(listed) == sorted(names)
    assert not [line for line in (SNIPPETS / "large-packages/.slugignore").read_text().splitlines() if line[0] == "!"]


@pytest.mark.parametrize(("package", "gpu"), [("torch", True), ("tensorflow-cpu", False), ("onnxruntime", False)])
def test_the_torch_of_the_index_brings_packages_for_a_gpu(package, gpu):
    """«torch, with many lines nvidia-…»"""
    uv = [Path(sys.executable).with_name("uv"), "pip", "compile", "--quiet", "--no-annotate", "-"]
    platform = ["--python-version", "3.13", "--python-platform", "x86_64-unknown-linux-gnu"]
    ran = subprocess.run([*uv, *platform], input=package, capture_output=True, text=True, check=True)
    assert bool(re.search(r"^nvidia-", ran.stdout, re.MULTILINE)) is gpu
    assert ("triton==" in ran.stdout) is gpu


def test_the_line_for_spacy_is_one_that_pip_reads():
    line = re.search(r"`(en_core_web_sm @ .+?)`", PAGE)[1]
    model = Requirement(line)
    name, version, *_rest = model.url.rpartition("/")[2].split("-")
    assert name == model.name
    assert f"/{name}-{version}/" in model.url


def test_without_its_data_nltk_names_what_to_write_into_nltk_txt(dyno):
    with dyno("large-packages").running() as web:
        assert web.get("/words/Hello%20you").status_code == 500
        assert "Resource" in web.log
        found = recognition.find_first_entry(web.log)
    assert found.id == "resource-not-found", web.log
    assert "Resource 'punkt_tab' not found." in web.log
    assert "punkt_tab" in (SNIPPETS / "large-packages/nltk.txt").read_text().split()
