"""The remote of `git push heroku main`: a bare repository whose hook sends each push to api.py, which builds it.

Source: Dev Center, git ("Deploying with Git"): a push is accepted when the build succeeds, and only main and master are
built. The messages are those that people show whose push was not built.
"""

import sys
from pathlib import Path
from shlex import quote
from subprocess import PIPE
from tempfile import mkdtemp

import requests

from handbook.paths import ROOT
from handbook.programs import LONG_SECONDS, run_program


def create_repository(repository: Path, url: str) -> None:
    """Create the repository, whose hook posts each push to the URL; there api.py builds it."""
    run_program(["git", "init", "--quiet", "--bare", repository], check=True)
    hook = repository / "hooks" / "pre-receive"
    command = f"exec {quote(sys.executable)} -m handbook.fake_heroku.git_remote {url}"
    hook.write_text(f"#!/bin/sh\nPYTHONPATH={quote(str(ROOT))} {command}\n")
    hook.chmod(0o755)


def git_settings(settings: dict[str, str]) -> dict[str, str]:
    """Return the environment variables with which Git has settings, as if they stood in its configuration."""
    variables = {"GIT_CONFIG_COUNT": str(len(settings))}
    for number, (key, value) in enumerate(settings.items()):
        variables |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    return variables


def run_hook(url: str) -> int:
    """Run as the pre-receive hook: send each pushed branch to be built; return 1, to refuse the push, if a build fails.

    A commit whose parents are missing is not built; Git itself refuses it, after this hook.
    """
    for line in sys.stdin:
        _old, commit, ref = line.split()
        branch = ref.removeprefix("refs/heads/")
        if branch not in ("main", "master"):
            print("Pushed to branch other than [main, master], skipping build.")
            continue
        if not commit.strip("0"):  # Git's number for a branch that is deleted
            print(f" !\tPush rejected, cannot delete {branch} branch")
            return 1
        if run_program(["git", "rev-list", "--quiet", commit], capture_output=True).returncode:
            print(" !\tPush rejected, source repository is a shallow clone.")
            print("Unshallow it with `git fetch --all --unshallow` and try pushing again.")
            return 0
        archive = run_program(["git", "archive", commit], stdout=PIPE, check=True).stdout
        folder = mkdtemp(prefix="build-", dir=Path.cwd())
        run_program(["tar", "--extract"], input=archive, cwd=folder, check=True)
        answer = requests.post(url, json={"folder": folder, "commit": commit}, timeout=4 * LONG_SECONDS).json()
        print(answer.get("log") or answer["message"])
        if not answer.get("accepted"):
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(run_hook(sys.argv[1]))
