"""A program that reads an invalid data file ends with one line that names the place, never with a traceback."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from handbook import facts, known_errors, requirements, site_files, variants
from handbook.data_files import DataError, find_key_line, load_toml
from handbook.paths import ROOT
from handbook.sphinxext import changes, search, sources, terms, versions
from tests.conftest import data_error, write_files


@pytest.fixture
def project(tmp_path):
    """Return a folder with the pages and data files of the site."""
    for name in ("docs", "locale"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("LC_MESSAGES"))
    for name in ("conf.py", "package.json"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("file", "found", "becomes", "advice"),
    [
        ("docs/facts.toml", r"^seen = .*", "", r'docs/facts\.toml:\d+: \w+ has no seen: write seen = "…"\.'),
        ("docs/facts.toml", r"^value = ", "value ", r"docs/facts\.toml:\d+: this is not TOML: .+ Correct the line\."),
        ("docs/about/sources.toml", r"^what = .*", "", r"docs/about/sources\.toml:\d+: \S+ has no what: write it\."),
        ("docs/reference/errors.toml", r"^where = .*", 'where = "x"', r"docs/reference/errors\.toml:\d+: .+ one of .+"),
        ("docs/synonyms.toml", r"^same", "sane", r'docs/synonyms\.toml:\d+: "sane" is neither .+ correct it\.'),
        ("locale/es/synonyms.toml", r"\A", "x = [", r"locale/es/synonyms\.toml:\d+: this is not TOML: .+\."),
        (
            "locale/es/language.toml",
            r"^finished = .*",
            "finished = 1",
            r"locale/es/language\.toml:\d+: write finished = true, .+",
        ),
        (
            "docs/explanation/workers-and-threads.toml",
            r"^date = .*",
            "",
            r"docs/explanation/workers-and-threads\.toml: this is no whole record of the benchmark: .+",
        ),
        ("locale/es/terms.toml", r"^\[never\]$", "[never", r"locale/es/terms\.toml:\d+: this is not TOML: .+\."),
    ],
)
def test_invalid_data_file_is_reported_in_one_line(project, file, found, becomes, advice):
    damage(project / file, found, becomes)
    assert re.fullmatch(advice, build_error(project))


def test_data_file_in_another_encoding_is_reported_in_one_line(project):
    path = project / "docs/reference/errors.toml"
    path.write_bytes(path.read_bytes() + "# Año\n".encode("latin-1"))
    number = path.read_bytes().count(b"\n")
    assert build_error(project) == f"docs/reference/errors.toml:{number}: this is not UTF-8: save it as that."


@pytest.mark.parametrize("name", ["spanish", "pt-BR"])
def test_locale_folder_of_no_language_is_reported_in_one_line(project, name):
    (project / "locale" / name).mkdir()
    advice = f"locale/{name}: this is not the code of a language, such as pt_BR: rename the folder."
    assert build_error(project) == advice


PINS = 'package.json: write "devDependencies": {"heroku": "…"}, the version of the Heroku CLI.'
JOB = "jobs: {test: {strategy: {matrix: {python: %s}}}}"
MATRIX = f"{versions.WORKFLOW_FILE}: write the Python versions that are tested as the list jobs.test.strategy.matrix"


@pytest.mark.parametrize(
    ("load", "file", "text", "advice"),
    [
        (versions.load_npm_pins, "package.json", "{\n", "package.json:2: this is not JSON: "),
        (versions.load_npm_pins, "package.json", "[]", PINS),
        (versions.load_npm_pins, "package.json", '{"devDependencies": ["heroku"]}', PINS),
        (versions.load_npm_pins, "package.json", '{"devDependencies": {"heroku": 11}}', PINS),
        (versions.load_npm_pins, "package.json", '{"devDependencies": {"left-pad": "1.0.0"}}', PINS),
        (versions.read_tested_pythons, versions.WORKFLOW_FILE, "[", MATRIX),
        (versions.read_tested_pythons, versions.WORKFLOW_FILE, "jobs: 1", MATRIX),
        (versions.read_tested_pythons, versions.WORKFLOW_FILE, "", MATRIX),
        (versions.read_tested_pythons, versions.WORKFLOW_FILE, JOB % '"3.11"', MATRIX),
        (versions.read_tested_pythons, versions.WORKFLOW_FILE, JOB % "[3.10, 3.14]", MATRIX),
        (versions.read_tested_pythons, versions.WORKFLOW_FILE, JOB % "[]", MATRIX),
        (
            lambda root: list(requirements.read_requirements_in(root)),
            "requirements.in",
            "# Tools\n\nflask\n= 3\n",
            "requirements.in:4: this is no requirement",
        ),
    ],
)
def test_invalid_pins_are_reported_in_one_line(tmp_path, load, file, text, advice):
    assert data_error(load, write_files(tmp_path, {file: text})).startswith(advice)


ERROR = 'where = "browser"\npatterns = ["x {name}"]\ncauses = ["x"]\nproof = ["x"]\n'
FACT = 'value = "1"\nabout = "x"\nsource = "https://example.com"\nchecked = 2026-01-31\n'


@pytest.mark.parametrize(
    ("load", "text", "place"),
    [
        (known_errors.load_errors, f"[a]\n{ERROR}kind = 'x'\n['b']\nkind = 'x'\n", f"{known_errors.FILE}:6"),
        (
            known_errors.load_errors,
            f"[a]\n{ERROR.replace('x {', 'z {')}['b']\n{ERROR}kind = 'x'\n",
            f"{known_errors.FILE}:11",
        ),
        (
            known_errors.load_errors,
            f"[first]\n{ERROR.partition('proof')[0]}\n[second]\n{ERROR.replace('x {', 'y {')}",
            f"{known_errors.FILE}:1",
        ),
        (changes.load_changes, "# Changes\n[ 'first' ]\ndate = 1\n", f"{changes.FILE}:2"),
        (sources.load_sources, "# Sources\n['1.01']\nwhat = 'x'\n", f"{sources.FILE}:2"),
        (facts.load_facts, f'# Facts\n["fi\\u0072st"]\n{FACT}', f"{facts.FILE}:2"),
        (facts.load_facts, f"[first]\n{FACT}\n[second]\n{FACT}seen = 'x'\n", f"{facts.FILE}:1"),
        (site_files.load_redirects, "# Redirects\n'a' = 'b'\n", f"{site_files.REDIRECTS}:2"),
        (terms.load_terms, "[words]\n'say \"no\"' = 1\n", "locale/es/terms.toml:2"),
        (terms.load_terms, "[words]\nx = { es = 'x' }\n[names]\n[never]\n'x' = 1\n", "locale/es/terms.toml:5"),
        (search.load_vocabulary, '"same(" = []\n', "locale/es/synonyms.toml:1"),
        (search.load_vocabulary, "# Words\n'stop words' = []\n", "locale/es/synonyms.toml:2"),
        (search.load_vocabulary, 'same = [\n  ["a", "b"],\n  ["a", "c", "A"],\n]\n', "locale/es/synonyms.toml:3"),
        (search.load_vocabulary, 'same = [\n  ["a", "b"],\n  ["c"],\n]\n', "locale/es/synonyms.toml:3"),
    ],
)
def test_entry_is_reported_at_its_own_line_however_its_name_is_quoted(tmp_path, load, text, place):
    write_files(tmp_path, {place.partition(":")[0]: text})
    assert data_error(load, tmp_path, *(["es"] if "es/" in place else [])).startswith(f"{place}: ")


KEYS = """\
top.inner = 1
[first]
list = [
  ["one"],
  "say \\"two\\"",
]
paths = ["C:\\\\one", "x", "D:\\\\two \\"three\\"",
  "E:\\\\four"]
text = '''
[second]
part = 0
'''
[second]
part = { of = 1 }
[[third.fourth]]
part = 2
"""


@pytest.mark.parametrize(
    ("path", "said", "line"),
    [
        (["top"], "", 1),
        (["top", "inner"], "", 1),
        (["first", "list"], "", 3),
        (["first", "list"], 'say "two"', 5),
        (["first", "list"], "part", 3),
        (["first", "paths"], "E:\\four", 8),
        (["first", "part"], "", 2),
        (["second", "part"], "", 14),
        (["second", "part", "of"], "", 14),
        (["third", "fourth", "part"], "", 16),
        (["fifth"], "", 1),
    ],
)
def test_key_is_found_in_its_own_table_and_else_the_table(path, said, line):
    assert find_key_line(KEYS, *path, said=said) == line


@pytest.mark.parametrize(("text", "line"), [("same = [\n", 1), ("same = [", 1), ("# Words\nsame = [\n\n", 2)])
def test_what_is_missing_at_the_end_of_a_file_is_reported_at_its_last_line(tmp_path, text, line):
    (tmp_path / "words.toml").write_text(text)
    with pytest.raises(DataError) as error:
        load_toml(tmp_path, "words.toml")
    assert str(error.value).startswith(f"words.toml:{line}: this is not TOML: ")


def test_requirements_are_read_with_their_lines_and_reasons_however_they_are_written(tmp_path):
    text = "# Tools\nFlask\nsphinx_rtd_theme[x]<4  # the last\n-e .\n"
    (tmp_path / "requirements.in").write_text(text)
    found = [(line, str(wanted), reason) for line, wanted, reason in requirements.read_requirements_in(tmp_path)]
    assert found == [(2, "Flask", ""), (3, "sphinx_rtd_theme[x]<4", "the last")]
    assert versions.list_direct(tmp_path) == ["flask", "sphinx-rtd-theme"]


CHANGE = 'this is not "delete <file>", "rename <old> <new>" or "lock <variant>": correct the line.'


@pytest.mark.parametrize(
    ("line", "advice"),
    [
        ("remove Procfile", CHANGE),
        ("delete", CHANGE),
        ("delete Procfiel", "the app has no file Procfiel: correct the name."),
        ("lock form-vu", "form-vu has neither Pipfile nor pyproject.toml: correct the name."),
    ],
)
def test_typo_in_what_a_variant_changes_is_reported_in_one_line(tmp_path, line, advice):
    file = "snippets/port/broken-one/changes.txt"
    write_files(tmp_path, {"snippets/port/Procfile": "", file: f"delete Procfile\n{line}\n"})
    assert data_error(variants.read_changes, tmp_path, "port/broken-one") == f"{file}:2: {advice}"


def build_error(project) -> str:
    """Return what Sphinx prints when it refuses to build a project."""
    command = [sys.executable, "-m", "sphinx", "-c", ".", "-q", "-b", "gettext", "docs", "_build/gettext"]
    result = subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=120)
    assert result.returncode == 1
    return (result.stdout + result.stderr).strip()


@pytest.mark.parametrize(
    ("program", "status"),
    [("handbook.practice", 1), ("handbook.tryout docs", 2), ("handbook.translation.catalogues", 1)],
)
@pytest.mark.parametrize(
    ("found", "becomes", "advice"),
    [
        (r"^\[boot_timeout\]$", "[boot_timeout", r"docs/facts\.toml:\d+: this is not TOML: .+ Correct the line\."),
        (r"^seen = .*", "", r'docs/facts\.toml:\d+: \w+ has no seen: write seen = "…"\.'),
    ],
)
def test_program_that_reads_invalid_facts_ends_in_one_line(project, program, status, found, becomes, advice):
    damage(project / "docs/facts.toml", found, becomes)
    assert re.fullmatch(advice, run_program(project, program, status))


@pytest.mark.parametrize(
    ("found", "becomes", "place"),
    [(r"^\[boot_timeout\]$", "[boot_time]", ""), (r"^(\[boot_timeout\]\nvalue = ).*", r'\1"a minute"', r":\d+")],
)
def test_imitation_without_a_limit_ends_in_one_line(project, found, becomes, place):
    damage(project / "docs/facts.toml", found, becomes)
    advice = "the imitation of Heroku reads boot_timeout: write a value that begins with a whole number."
    assert re.fullmatch(rf"docs/facts\.toml{place}: {advice}", run_program(project, "handbook.practice", 1))


def damage(path: Path, found: str, becomes: str) -> None:
    text = path.read_text("utf-8")
    damaged = re.sub(found, becomes, text, count=1, flags=re.MULTILINE)
    assert damaged != text
    path.write_text(damaged, "utf-8")


def run_program(project: Path, program: str, status: int) -> str:
    """Run a module of the project's own copy of the package, with arguments; return what it prints."""
    shutil.copytree(ROOT / "handbook", project / "handbook", ignore=shutil.ignore_patterns("__pycache__"))
    command = [sys.executable, "-m", *program.split()]
    result = subprocess.run(command, cwd=project, input="", capture_output=True, text=True, timeout=120)
    assert result.returncode == status, result.stderr
    return (result.stdout + result.stderr).strip()
