"""The environment of a practice shell: its own HOME, the reader's terminal, the real CLI, an imitated account."""

import os
from pathlib import Path
from shlex import quote

from handbook.checks.commands import CODE_SPAN, load_manifest, split_commands
from handbook.fake_heroku import addons
from handbook.fake_heroku.account import Account
from handbook.fake_heroku.addons import Services
from handbook.fake_heroku.app import InvalidParams
from handbook.paths import ROOT
from handbook.reader.laptop import Laptop
from handbook.sphinxext.commands import list_files_by_page, read_commands

HOME_VARIABLE = "FLASK_ON_HEROKU_PRACTICE"  # each process of a practice has it; its value is the home
# Environment variables that describe the reader's terminal and desktop.
PASSED_VARIABLES = "COLORTERM DISPLAY WAYLAND_DISPLAY XDG_RUNTIME_DIR DBUS_SESSION_BUS_ADDRESS EDITOR VISUAL".split()
OWN_PAGE = "guides/practice"  # its example of an unknown command must not be found
CLI = ROOT / "node_modules/.bin/heroku"
NO_LOGIN = "No account is needed here: you are logged in as you@example.com."
# The script sends the name of the command in a header, so that the imitation can name it where it does not know a call.
HEROKU_SCRIPT = f"""#!/bin/sh
case "$1" in
login | auth:login | logout | auth:logout) echo "{NO_LOGIN}"; exit ;;
*[!a-z0-9:-]*) ;;
*) export HEROKU_HEADERS="{{\\"X-Command\\": \\"$1\\"}}" ;;
esac
exec {quote(str(CLI))} "$@"
"""
# The reader's browser runs outside of the practice, so that it does not end with it.
BROWSER_SCRIPT = f"""#!/bin/sh
unset {HOME_VARIABLE} BROWSER
export HOME={{home}} {{own}}
exec {quote(str(ROOT / "node_modules/open/xdg-open"))} "$1"
"""
SHELL_SCRIPT = """cd {folder} || exit
if [ -t 0 ]; then set -- --rcfile {home}/bashrc -i
else cat >{home}/typed; set -- {home}/typed  # all of it: the CLI reads on where its terminal is none
fi
exec env -i TERM="$TERM" {variables} bash "$@"
"""
BASHRC = """PS1="(practice) $PS1"
PATH={path}
"""


def write_home(home: Path, folder: Path, account: Account) -> Path:
    """Write the files of the folder's shell into its home; return the script that starts one in any terminal.

    Nothing else is written: neither the reader's HOME nor their settings of Git.
    """
    laptop = Laptop(home)
    programs = home / "bin"
    programs.mkdir()
    terms = home / ".cache/heroku/terms-of-service"  # the CLI would show the terms once; they do not apply here
    terms.parent.mkdir(parents=True)
    terms.touch()
    env = {name: os.environ[name] for name in PASSED_VARIABLES if name in os.environ}
    env |= laptop.env | account.environment() | {HOME_VARIABLE: str(home), "PATH": f"{programs}:{os.environ['PATH']}"}
    write_program(programs / "heroku", HEROKU_SCRIPT)
    if {"BROWSER", "DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys():
        own = f"BROWSER={quote(os.environ['BROWSER'])}" if "BROWSER" in os.environ else ""
        write_program(Path(env["BROWSER"]), BROWSER_SCRIPT.format(home=quote(os.path.expanduser("~")), own=own))
    (home / "bashrc").write_text(BASHRC.format(path=quote(env["PATH"])))
    variables = " ".join(f"{name}={quote(value)}" for name, value in env.items())
    script = home / "shell"
    script.write_text(SHELL_SCRIPT.format(folder=quote(str(folder)), home=quote(str(home)), variables=variables))
    return script


def write_program(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)


def provision_addon(services: Services, name: str) -> dict[str, str]:
    """Return the config vars of a new add-on. Raises InvalidParams where this machine has no such server."""
    if program := addons.find_missing_program(name):
        raise InvalidParams(f"This machine has no {program}: {addons.INSTALL_HINT}")
    return services(name).provision()


def explain_unknown_call(call: str, command: str) -> str:
    """Return what the CLI shows for a call that the imitation does not know: the command, and the page that has it."""
    if not command:
        return f"This practice does not know {call}."
    pages = [read_title(page) for page in find_pages(command)]
    where = f"See the page {' or '.join(pages)}" if pages else "No page of the site has this command"
    return f"This practice does not know `heroku {command}` ({call}). {where}."


def find_pages(command: str) -> list[str]:
    """Return the pages, such as "guides/logs", that have a command of the CLI, under any of its names."""
    known = load_manifest(ROOT)

    def is_same(typed: str) -> bool:
        name = typed.split()[1]
        return name == command or known.get(name, name) is known.get(command)

    found = []
    for page, files in list_files_by_page(ROOT):
        if page == OWN_PAGE:
            continue
        lines = [line for path in files for _number, line in read_commands(path)]
        lines += CODE_SPAN.findall((ROOT / "docs" / f"{page}.md").read_text("utf-8"))
        if any(is_same(one) for line in lines for one in split_commands(line)):
            found.append(page)
    return found


def read_title(page: str) -> str:
    text = (ROOT / "docs" / f"{page}.md").read_text("utf-8")
    heading = next(line.removeprefix("# ") for line in text.splitlines() if line.startswith("# "))
    return f"“{heading}” ({page})"
