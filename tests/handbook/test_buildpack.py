"""handbook/fake_heroku/buildpack.py compared with the real buildpack: each recorded folder has the recorded outcome.

buildpack_cases.json has one app folder on each line, and what v351 of Heroku's Python buildpack did with it: its
bin/detect and the decisions of its bin/compile were run, up to the download of Python. The value of a file is its
text; {"base64": …} for other bytes; {"link": target}; {"text": …, "executable": true}; null for a folder.
"""

import base64
import json
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from handbook.fake_heroku import buildpack, packages
from handbook.fake_heroku.buildpack import Build, BuildFailed, build, choose_toolchain, require_python_app
from handbook.fake_heroku.procfile import read_procfile
from handbook.paths import ROOT
from tests import recognition

CASES = json.loads((ROOT / "tests/handbook/buildpack_cases.json").read_text("utf-8"))
GROUPS = sorted({case["name"].partition(":")[0] for case in CASES})
# The Python versions that v351 knew on the day of the recording. Later releases differ only in knowing more.
NEWEST_OF_V351 = 14
LATEST_OF_V351 = {"3.10": "3.10.21", "3.11": "3.11.16", "3.12": "3.12.14", "3.13": "3.13.15", "3.14": "3.14.7"}
AFTER_LATEST = f"3.14.{int(buildpack.LATEST['3.14'].removeprefix('3.14.')) + 1}"
AFTER_THE_DECISIONS = ("Error: The requested Python version isn't available.", buildpack.INTERNAL_ERROR)
APP = {"requirements.txt": "", ".python-version": "3.14\n", "app.py": ""}


def write(files: dict, folder: Path) -> Path:
    for name, value in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if value is None:
            path.mkdir(parents=True, exist_ok=True)
        elif isinstance(value, str):
            path.write_text(value, "utf-8", newline="")
        elif "link" in value:
            path.symlink_to(value["link"])
        elif "base64" in value:
            path.write_bytes(base64.b64decode(value["base64"]))
        else:
            path.write_text(value["text"], "utf-8", newline="")
            path.chmod(0o755 if value.get("executable") else 0o644)
    return folder


def decide(app: Path, last_python: str = "") -> tuple[Build, str]:
    """Return the imitation's decisions about an app, and whether it is "accepted" or "refused"."""
    result = Build()
    try:
        require_python_app(app, result, is_chosen=True)
        choose_toolchain(app, result, last_python=last_python)
    except BuildFailed:
        return result, "refused"
    return result, "accepted"


def outcome(app: Path, last_python: str = "") -> dict:
    """Return the imitation's decisions about an app, in the form of the recording, which omits empty values."""
    result, outcome = decide(app, last_python)
    marked = [line.removeprefix(" !     ") for line in result.log if line.startswith(" !     ")]
    error = next((line for line in marked if line.startswith(("Error:", "Internal"))), "")
    if error in AFTER_THE_DECISIONS:
        outcome = "fails at download"
    if error.startswith("Error: Your app is configured"):
        outcome = "not detected"
    answer = {
        "outcome": outcome,
        "error": error,
        "warnings": [line for line in marked if line.startswith("Warning:")],
        "package_manager": result.package_manager,
        "requested": result.requested_version,
        "origin": result.origin,
        "python": result.full_version,
    }
    return {name: value for name, value in answer.items() if value}


@pytest.fixture
def v351(monkeypatch):
    monkeypatch.setattr(buildpack, "NEWEST", NEWEST_OF_V351)
    monkeypatch.setattr(buildpack, "LATEST", LATEST_OF_V351)


@pytest.mark.parametrize("group", GROUPS)
def test_each_folder_has_the_outcome_that_the_real_buildpack_had(group, v351, tmp_path):
    different = {}
    for number, case in enumerate(case for case in CASES if case["name"].partition(":")[0] == group):
        answer = outcome(write(case["files"], tmp_path / str(number)))
        if answer != case["expect"]:
            different[case["name"]] = {
                key: f"{case['expect'].get(key, '')!r} on Heroku, {answer.get(key, '')!r} here"
                for key in case["expect"] | answer
                if case["expect"].get(key) != answer.get(key)
            }
    assert not different


def list_headlines(case: dict) -> list[str]:
    """Return the error and the warnings of a recorded build."""
    return [*filter(None, [case["expect"].get("error")]), *case["expect"].get("warnings", [])]


def test_each_recorded_error_and_warning_leads_to_its_own_entry_of_the_errors_page(v351, tmp_path):
    cases = {headline: case for case in CASES for headline in list_headlines(case) if len(list_headlines(case)) == 1}
    assert cases.keys() == {headline for case in CASES for headline in list_headlines(case)}
    found = {}
    for number, (headline, case) in enumerate(cases.items()):
        build, _outcome = decide(write(case["files"], tmp_path / str(number)))
        entry = recognition.find_first_entry("\n".join(f"remote: {line}" for line in build.log))
        found[headline] = entry and next((pieces[0] for pieces in entry.pieces if headline.startswith(pieces[0])), None)
    assert [headline for headline, begin in found.items() if not begin] == []


def test_there_are_as_many_folders_as_were_recorded_and_none_twice():
    assert len(CASES) == len({case["name"] for case in CASES}) == 349


@pytest.mark.parametrize(
    "name",
    ["pythonversion", "python_version.py", "PYTHON-VERSION", ".PYTHON-VERSION", ".python-version.md", "python version"],
)
def test_misspelling_that_the_real_buildpack_does_not_know_is_accepted(name, tmp_path):
    """The real buildpack lists twenty misspelled names; it was run with these names, too, and accepted them."""
    assert outcome(write(APP | {name: "3.13"}, tmp_path))["python"] == buildpack.LATEST["3.14"]
    assert len(set(buildpack.MISSPELLED)) == 20


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ("3.15", ""),
        (buildpack.LATEST["3.14"], ""),
        ("3.16", "Error: The requested Python version isn't recognised."),
        (AFTER_LATEST, "Error: The requested Python version isn't available."),
    ],
)
def test_versions_that_came_after_v351_are_known(asked, error, tmp_path):
    assert outcome(write(APP | {".python-version": asked}, tmp_path)).get("error", "") == error


@pytest.mark.parametrize(
    ("last", "error", "python"),
    [
        ("3.13.5", "", buildpack.LATEST["3.13"]),
        ("3.9.18", "Error: The cached Python version has reached end-of-life.", ""),
        ("3.99.0", "Error: The cached Python version isn't recognised.", ""),
        ("pypy3.10-7.3.12", "", buildpack.LATEST["3.14"]),
    ],
)
def test_build_without_a_version_file_keeps_the_python_of_the_last_build(last, error, python, tmp_path):
    answer = outcome(write(APP | {".python-version": {"link": "nowhere"}}, tmp_path), last)
    assert (answer.get("error", ""), answer.get("python", "")) == (error, python)


def failure(app: Path, **given) -> str:
    with pytest.raises(BuildFailed) as failed:
        build(app, **given)
    return str(failed.value)


def test_a_package_json_makes_it_a_node_app_unless_the_buildpack_was_chosen(tmp_path):
    write(APP | {"package.json": "{}"}, tmp_path)
    assert "-----> Node.js app detected" in failure(tmp_path)
    assert build(tmp_path, is_chosen=True).package_manager == "pip"


def test_process_types_are_looked_for_after_the_installation(tmp_path):
    log = failure(write(APP | {"requirements.txt": "./not-there\n"}, tmp_path))
    assert "Installing dependencies using 'pip install -r requirements.txt'" in log
    assert "Discovering process types" not in log


def test_a_hook_that_goes_on_for_ever_fails_the_build_and_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(packages, "LONG_SECONDS", 0.5)
    log = failure(write(APP | {"bin/pre_compile": "exec sleep 60\n"}, tmp_path))
    assert "bash -c bin/pre_compile: this has not ended after 0.5 seconds." in log


def test_a_package_manager_that_goes_on_for_ever_fails_the_installation_and_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(packages, "LONG_SECONDS", 0.1)
    with pytest.raises(packages.InstallFailed, match=r"^sleep 60: this has not ended after 0\.1 seconds\.$"):
        packages.run_installer(["sleep", "60"], tmp_path, {})


def test_an_environment_that_another_process_keeps_fails_the_installation_and_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(packages, "CACHE", tmp_path)
    monkeypatch.setattr(packages, "LOCK_SECONDS", 0.1)
    with (
        packages.lock_cached_folder("kept-", b"") as folder,
        ThreadPoolExecutor(1) as other,
        pytest.raises(packages.InstallFailed, match=f"Another process has used {folder} for 0.1 seconds"),
    ):
        other.submit(packages.lock_cached_folder("kept-", b"").__enter__).result(60)


def test_a_hook_after_the_installation_sees_the_packages_and_may_fail_the_build(tmp_path):
    hook = {"text": "command -v pip && echo $COLOR && exit 1\n"}
    log = failure(write(APP | {"bin/post_compile": hook}, tmp_path), config={"COLOR": "green"})
    assert str(packages.CACHE) in log
    assert "       green\n !     Error: Failed to run the bin/post_compile script.\n" in log


def test_a_build_has_the_language_and_the_time_zone_of_heroku_on_every_machine(monkeypatch, tmp_path):
    for name, here in {"LANG": "es_ES.UTF-8", "LANGUAGE": "es", "LC_ALL": "es_ES.UTF-8", "TZ": "Pacific/Apia"}.items():
        monkeypatch.setenv(name, here)
    hook = "#!/bin/sh\necho $LANG $LANGUAGE $LC_ALL $TZ\nexit 1\n"
    assert "       C.UTF-8 UTC\n" in failure(write(APP | {"bin/pre_compile": hook}, tmp_path))


@pytest.mark.parametrize(
    ("content", "read"),
    [
        ("web: a\n".encode("utf-16"), {}),
        (b"# caf\xe9\r\nweb: a\r\n", {"web": "a"}),
        ("\u00a0web: a\nworker: b\u2028c: d\x0ce: f".encode(), {"worker": "b\u2028c: d\x0ce: f"}),
    ],
)
def test_a_procfile_of_any_bytes_is_read(content, read, tmp_path):
    (tmp_path / "Procfile").write_bytes(content)
    assert read_procfile(tmp_path / "Procfile") == read


# The environments that packages are installed into

LISTS = {
    "requirements.txt": "-r base.txt\n--constraint=c.txt\n",
    "base.txt": "-rdeep/more.txt\n-r deep/more.txt\n",
    "deep/more.txt": "--requirement most.txt # the rest\n",
    "deep/most.txt": "click\n",
    "c.txt": "click<9\n",
    "app.py": "",
}


@pytest.fixture
def cache_folder(monkeypatch, tmp_path):
    """Return cache_folder(app): the folder of an app's cached environment; nothing is installed into it."""
    monkeypatch.setattr(packages, "CACHE", tmp_path / "kept")
    monkeypatch.setattr(packages, "make_venv", lambda folder, manager, python_version: folder.mkdir())
    monkeypatch.setattr(packages, "run_manager", lambda folder, source, name: "")
    return lambda app, name="pip", python_version="3.14": packages.install_app(app, name, python_version)[0]


@pytest.mark.parametrize("changed", [name for name in LISTS if name != "app.py"])
def test_an_environment_is_kept_for_the_content_of_every_list(changed, cache_folder, tmp_path):
    app = write(LISTS, tmp_path / "app")
    before = cache_folder(app)
    (app / "app.py").write_text("changed")
    assert cache_folder(app) == cache_folder(write(LISTS, tmp_path / "same")) == before
    (app / changed).write_text((app / changed).read_text() + "six\n")
    assert cache_folder(app) != before


@pytest.mark.parametrize("line", ["--editable .", "-e ./mine", "./mine", "mine @ file:mine", "-f wheels", "mine/x.whl"])
def test_an_environment_with_a_package_of_ones_own_is_kept_for_its_content(line, cache_folder, tmp_path):
    app = write({"requirements.txt": f"click\n{line}\n", "mine/mine.py": "", "wheels/x": ""}, tmp_path / "app")
    before = cache_folder(app)
    (app / "mine/mine.py").write_text("changed")
    assert cache_folder(app) != before


@pytest.mark.parametrize("line", ["click==8.1.7", "git+https://github.com/pallets/click", "-e git+https://x/y#egg=z"])
def test_an_environment_with_packages_from_elsewhere_is_kept_while_the_app_changes(line, cache_folder, tmp_path):
    app = write({"requirements.txt": f"{line}\n", "app.py": ""}, tmp_path / "app")
    before = cache_folder(app)
    (app / "app.py").write_text("changed")
    assert cache_folder(app) == before


def test_setuptools_is_there_with_python_3_12_and_older(cache_folder, tmp_path):
    app = write(LISTS, tmp_path / "app")
    old, other_old, new, other_new = (
        cache_folder(app, python_version=version) for version in ("3.11", "3.12", "3.13", "3.14")
    )
    assert old == other_old != new == other_new
    titles = {version: packages.MANAGERS["pip"].title(version) for version in ("3.12", "3.13")}
    assert titles == {"3.12": "pip 26.2.1 and setuptools 70.3.0", "3.13": "pip 26.2.1"}


def wheel(folder: Path) -> Path:
    """Write a wheel with one module, `mine`, which each package manager can install offline; return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "mine-1-py3-none-any.whl"
    info = "mine-1.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mine.py", "")
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: mine\nVersion: 1\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return path


PROJECT = """[project]
name = "app"
version = "1"
requires-python = ">=3.10"
dependencies = ["mine"]
[tool.uv.sources]
mine = { path = "wheels/mine-1-py3-none-any.whl" }
"""
WAYS = {
    "pip": ({"requirements.txt": "./wheels/mine-1-py3-none-any.whl\n"}, None),
    "uv": ({"pyproject.toml": PROJECT}, "lock"),
}


@pytest.mark.parametrize("name", WAYS)
def test_a_package_manager_installs_what_its_file_names(name, tmp_path):
    files, lock = WAYS[name]
    app = write(files | {".python-version": "3.14\n", "Procfile": "web: true\n"}, tmp_path / "app")
    wheel(app / "wheels")
    if lock:
        packages.run_uv(lock, "--project", app)
    result = build(app)
    assert result.package_manager == name
    assert f"-----> Installing {packages.MANAGERS[name].title('3.14')}" in result.log
    installed = list(result.environment.glob("lib/python*/site-packages/mine.py"))
    assert len(installed) == 1
    assert any("recently added support" in line for line in result.log) == (name != "uv")


def test_lock_file_of_an_interrupted_run_is_made_again(tmp_path, monkeypatch):
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    monkeypatch.setattr(packages, "CACHE", tmp_path / "cache")

    def interrupted(*arguments):
        Path(arguments[-1], "uv.lock").write_text("half")
        raise KeyboardInterrupt

    monkeypatch.setattr(packages, "run_uv", interrupted)
    with pytest.raises(KeyboardInterrupt):
        packages.make_lock_files(tmp_path)
    runs = []

    def complete(*arguments):
        runs.append(Path(arguments[-1], "uv.lock").write_text("whole"))

    monkeypatch.setattr(packages, "run_uv", complete)
    for _ in range(2):
        [lock] = packages.make_lock_files(tmp_path)
        assert lock.read_text() == "whole"
    assert len(runs) == 1


def test_a_pyproject_that_is_nested_too_deeply_is_left_to_poetry(tmp_path):
    (tmp_path / "pyproject.toml").write_text("a = " + "[" * 100_000)
    assert packages.is_poetry_package(tmp_path / "pyproject.toml")
