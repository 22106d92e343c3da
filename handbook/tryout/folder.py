"""Copies what Git would push of a reader's folder to a folder of ours. Nothing is written into the reader's."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from shlex import quote
from subprocess import CompletedProcess

from handbook.fake_heroku.limits import FACTS, read_limit
from handbook.fake_heroku.packages import build_environment
from handbook.programs import run_program
from handbook.tryout import NotUsable
from handbook.tryout.findings import Fault
from handbook.tryout.report import Report

MAX_BYTES = read_limit("slug_limit") * 2**30  # the fact is in GB
MAX_FILES = 100_000
# Git must not prompt, lock or write, not even its index, which `git status` would otherwise refresh.
GIT_VARIABLES = {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}
REPOSITORY_VARIABLES = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")  # set where a Git hook starts us
# As Heroku's checkout: line ends stay as they are committed, and nothing is fetched from Git LFS.
CHECKOUT_SETTINGS = ["-c", "core.autocrlf=false", "-c", "filter.lfs.required=false", "-c", "filter.lfs.smudge="]
CHECKOUT_SETTINGS += ["-c", "filter.lfs.process="]
# A reader may have set that no untracked file is listed.
STATUS_OPTIONS = ["--porcelain", "--no-renames", "-z", "--untracked-files=normal"]

# What Heroku reads: of each group, one file is enough.
NEEDED_FILES = (
    ("Procfile",),
    (".python-version", "runtime.txt"),
    ("requirements.txt", "Pipfile.lock", "poetry.lock", "uv.lock"),
    ("app.json",),
)


def copy_source(report: Report, folder: Path, target: Path, scratch: Path) -> None:
    """Copy what Git would push into target, and report on it. Raises NotUsable.

    scratch: an empty folder for Git's own files.
    """
    try:
        top = find_top(folder)
        if top and (tree := find_committed_tree(folder, top)):
            faults = copy_commit(report, folder, top, tree, target, scratch)
        else:
            faults = copy_files(folder, top, target, scratch)
    except OSError as error:  # also raised where Git itself is missing
        raise NotUsable(
            f"{error.filename or folder} cannot be read, {error.strerror or error}: correct that first."
        ) from None
    report.files = sum(1 for path in target.rglob("*") if path.is_symlink() or path.is_file())
    if not report.files:
        raise NotUsable(f"Git would push no file of {folder}: write an app, and commit it.")
    faults += delete_outside_links(target)
    report.faults += [Fault("Git", text) for text in faults]
    report.notes += find_ignored_files(folder, target, scratch if top is None else None)


def require_folder(folder: Path) -> None:
    if not os.path.exists(folder):  # Path.exists() raises OSError for a name that is too long
        raise NotUsable(f"{folder} does not exist: write the folder of your app, as in make try APP=../my-app")
    if not folder.is_dir():
        raise NotUsable(f"{folder} is a file: write the folder of your app, as in make try APP=../my-app")
    if not os.access(folder, os.R_OK | os.X_OK):
        raise NotUsable(f"{folder} may not be read: change its permissions, or try a copy of it.")
    if not any(folder.iterdir()):
        raise NotUsable(f"{folder} is empty: write an app in it first.")


def run_git(folder: Path, *arguments: str | Path, **variables: str) -> CompletedProcess[bytes]:
    return run_program(["git", *arguments], cwd=folder, env=git_environment() | variables, capture_output=True)


def git_environment() -> dict[str, str]:
    """Return the environment variables for Git, whose messages must be English to be recognized here."""
    return {
        name: value for name, value in build_environment().items() if name not in REPOSITORY_VARIABLES
    } | GIT_VARIABLES


def git_output(folder: Path, *arguments: str | Path, **variables: str) -> str:
    """Return what Git prints. Raises NotUsable with its last line where it fails."""
    ran = run_git(folder, *arguments, **variables)
    if ran.returncode:
        said = ran.stderr.decode("utf-8", "replace").strip().splitlines() or ["it says nothing"]
        raise NotUsable(f"Git cannot read {folder}: {said[-1]}")
    return ran.stdout.decode("utf-8", "surrogateescape")


def find_top(folder: Path) -> Path | None:
    """Return the top folder of the repository in which a folder lies, None where it lies in none. Raises NotUsable."""
    ran = run_git(folder, "rev-parse", "--show-toplevel")
    if b"dubious ownership" in ran.stderr:
        raise NotUsable(f"Git does not read {folder}, which belongs to another user: try a copy of your own.")
    if b"must be run in a work tree" in ran.stderr:
        raise NotUsable(f"{folder} is a repository without files of its own: write the folder with your files.")
    if b"not a git repository" in ran.stderr and not os.path.lexists(folder / ".git"):
        return None
    return Path(git_output(folder, "rev-parse", "--show-toplevel").rstrip("\n"))


def find_committed_tree(folder: Path, top: Path) -> str:
    """Return the id of this folder's tree in the last commit, "" where that does not have it. Raises NotUsable."""
    tree = run_git(folder, "rev-parse", "--verify", "--quiet", "HEAD:./")
    if tree.returncode and top.samefile(folder) and not run_git(folder, "rev-parse", "--verify", "HEAD").returncode:
        raise NotUsable(f"Git cannot read the last commit of {folder}: git fsck names what is broken.")
    return "" if tree.returncode else tree.stdout.decode().strip()


def copy_commit(report: Report, folder: Path, top: Path, tree: str, target: Path, scratch: Path) -> list[str]:
    """Copy the last commit, as a checkout would, and report on it; return what keeps a push from working."""
    rows = [row.split(None, 4) for row in git_output(folder, "ls-tree", "-rlz", "--full-tree", tree).split("\0") if row]
    require_size(folder, ((row[-1], int(row[3]) if row[3].isdigit() else 0) for row in rows))
    index = {"GIT_INDEX_FILE": str(scratch / "index")}
    git_output(top, "read-tree", tree, **index)
    git_output(top, *CHECKOUT_SETTINGS, "checkout-index", "--all", f"--prefix={target}/", **index)
    commit, _space, report.subject = git_output(folder, "log", "-1", "--format=%H %s").strip().partition(" ")
    report.commit, report.branch = commit[:7], git_output(folder, "rev-parse", "--abbrev-ref", "HEAD").strip()
    # With --porcelain Git names files relative to the repository's root, in a subfolder too.
    for row in filter(None, git_output(folder, "status", *STATUS_OPTIONS, "--", ".").split("\0")):
        report.not_pushed["untracked" if row.startswith("??") else "changed"].append(row[3:])
    submodules = [row[-1] for row in rows if row[1] == "commit"]
    report.notes += [f"{name} is a submodule: Heroku fetches its files, and make try does not." for name in submodules]
    if top.resolve() == folder.resolve():
        return []
    return [
        f"Heroku builds the top folder of the repository, and this is {folder.resolve().relative_to(top.resolve())}"
        " in it. The guide for an app in a subfolder says what to do."
    ]


def copy_files(folder: Path, top: Path | None, target: Path, scratch: Path) -> list[str]:
    """Copy what `git add --all` would add, where no commit has the folder; return what keeps a push from working."""
    git_output(scratch, "init", "--quiet", scratch)
    names = list(require_size(folder, list_files(folder, scratch / ".git")))
    for name in names:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(folder / name, target / name, follow_symlinks=False)
    return [advise_commit(folder, top)]


def advise_commit(folder: Path, top: Path | None) -> str:
    """Return why there is no commit, and what to type: first cd, because the reader is in the folder of this site."""
    has_own = top is not None and top.samefile(folder)
    commands = f"cd {quote(str(folder))} && {'' if has_own else 'git init && '}git add --all && git commit -m 'My app'"
    ignores = (folder / ".gitignore").is_file()
    advice = f"{'Type' if ignores else 'Write a .gitignore first, with .venv and .env in it, then'}: {commands}"
    if has_own:
        return f"Git has no commit yet. {advice}"
    if top is None:
        return f"Heroku takes what Git has, and this folder is not in Git. {advice}"
    return (
        f"No commit of the repository {top} has this folder. If your app belongs there, commit it there: the guide for"
        f" an app in a subfolder says the rest. Otherwise give it a repository of its own. {advice}"
    )


def list_files(folder: Path, repository: Path) -> Iterator[tuple[str, int]]:
    """Yield (name, size in bytes) of each file that `git add --all` would add."""
    places = [f"--git-dir={repository}", f"--work-tree={folder.resolve()}"]
    listed = git_output(folder, *places, "ls-files", "-z", "--others", "--exclude-standard")
    for name in filter(None, listed.split("\0")):
        path = folder / name
        if path.is_symlink() or path.is_file():
            yield name, path.lstat().st_size


def require_size(folder: Path, sizes: Iterator[tuple[str, int]]) -> list[str]:
    """Return the names. Raises NotUsable as soon as their number or size exceeds what Heroku takes."""
    total, names = 0, []
    for name, size in sizes:
        total += size
        names.append(name)
        if total > MAX_BYTES or len(names) > MAX_FILES:
            raise NotUsable(
                f"{folder} holds more than {FACTS['slug_limit']['value']} or {MAX_FILES} files, and Heroku takes at"
                f" most {FACTS['slug_limit']['value']}: is it the folder of your app? Leave large files out of Git."
            )
    return names


def delete_outside_links(target: Path) -> Iterator[str]:
    """Delete each symbolic link that leaves the folder, and yield what is wrong with it: on Heroku it leads nowhere."""
    for path in [path for path in target.rglob("*") if path.is_symlink()]:
        leads = os.readlink(path)
        inside = os.path.normpath(path.parent / leads)
        if os.path.isabs(leads) or not Path(inside).is_relative_to(target):
            path.unlink()
            if not is_in_environment(path, target):  # of which the build has a message of its own
                yield (
                    f"{path.relative_to(target)} is a symbolic link out of the folder, and Heroku gets the link alone:"
                    " put the file itself into Git."
                )


def is_in_environment(path: Path, target: Path) -> bool:
    """Return whether a file of target is in a virtual environment."""
    folders = [folder for folder in path.parents if folder.is_relative_to(target) and folder != target]
    return any((folder / "pyvenv.cfg").is_file() or folder in (target / ".venv", target / "venv") for folder in folders)


def find_ignored_files(folder: Path, target: Path, scratch: Path | None) -> Iterator[str]:
    """Yield what to do about each file that Heroku needs and that is in the folder, but not in what Git would push.

    scratch: the folder of the repository to ask, where the folder itself is in none.
    """
    repository = [f"--git-dir={scratch / '.git'}", f"--work-tree={folder.resolve()}"] if scratch else []
    for names in NEEDED_FILES:
        if any((target / name).is_file() for name in names):
            continue
        for name in names:
            if (folder / name).is_file() and not run_git(folder, *repository, "check-ignore", "-q", name).returncode:
                yield f"{name} is there, and .gitignore keeps it out of Git: git add --force {name}"
