"""The section above a page; below it, the links to correct it and the day of its last change.

The address of the repository is not in the source: it comes from REPOSITORY_URL, or from the environment variables of
GitHub Actions or Read the Docs. Without any of them there are no links. The days come from one call of `git log` for
all pages; outside Git, and in a shallow clone, there are none.
"""

import os
import re
from collections.abc import Iterable
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from handbook.programs import read_git
from handbook.sphinxext import languages, machine_readable
from handbook.sphinxext.snippet import list_snippets

BRANCH = "main"  # the branch that .github/workflows/publish.yml publishes
SOURCES = ("docs", "snippets", "locale")
# The port of ssh is not that of the address for a browser; the port of https is.
REMOTE_URL = re.compile(
    r"(?:(?P<scheme>https?)://(?:[^@/]+@)?(?P<web>[^@/]+)/"
    r"|ssh://(?:[^@/]+@)?(?P<ssh>[^@:/]+)(?::\d+)?/|[^@:/]+@(?P<scp>[^@:/]+):)(?P<path>.+?)(?:\.git)?/?"
)


def repository_url() -> str:
    """Return the address of the repository for a browser, without a trailing slash; "" if it is unknown."""
    of_actions = os.environ.get("GITHUB_REPOSITORY", "")
    if of_actions:
        of_actions = f"{os.environ.get('GITHUB_SERVER_URL', 'https://github.com')}/{of_actions}"
    clone_url = os.environ.get("REPOSITORY_URL") or of_actions or os.environ.get("READTHEDOCS_GIT_CLONE_URL", "")
    if not (found := REMOTE_URL.fullmatch(clone_url)):
        return ""
    host = found["web"] or found["ssh"] or found["scp"]
    return f"{found['scheme'] or 'https'}://{host}/{found['path']}"


def edit_url(file: str) -> str:
    """Return the address at which a browser can edit a file of the project; "" if the repository is unknown."""
    return f"{repository_url()}/edit/{BRANCH}/{file}" if repository_url() else ""


def load_commit_days(root: Path) -> dict[str, str]:
    """Return {file: day of its last commit, such as "2026-01-31"}; {} without a full history."""
    if read_git(root, "rev-parse", "--is-shallow-repository", "--show-prefix").strip() != "false":
        return {}  # a shallow clone has only one commit; with a prefix, the repository is another project's
    options = ("--no-merges", "--format=%x00%as", "--name-only", "--", *SOURCES)
    found: dict[str, str] = {}
    for commit in read_git(root, "-c", "core.quotePath=false", "log", *options).split("\0")[1:]:
        day, *files = commit.split("\n")
        for file in filter(None, files):
            found[file] = max(day, found.get(file, ""))
    return found


def page_sources(root: Path, page: str, code: str) -> set[str]:
    """Return the sources of a page such as "guides/gunicorn": files, and folders with a trailing slash."""
    shown = {name.split("/")[0] for name in list_snippets(root, page)}
    files = {f"docs/{page}.md", f"docs/{page}.toml", *(f"snippets/{name}/" for name in shown)}
    return files if code == "en" else files | {f"locale/{code}/LC_MESSAGES/{page}.po"}


def find_change_days(root: Path, pages: Iterable[str], code: str) -> dict[str, str]:
    """Return {page: the day on which it changed last in a language}."""
    log = load_commit_days(root)
    by_snippet: dict[str, str] = {}
    for file, day in log.items():
        folder = "/".join(file.split("/")[:2]) + "/"
        by_snippet[folder] = max(day, by_snippet.get(folder, ""))
    known = by_snippet | log
    found = {page: max(known.get(file, "") for file in page_sources(root, page, code)) for page in pages}
    return {page: day for page, day in found.items() if day}


def update_page_info(app: Sphinx, env: BuildEnvironment) -> Iterable[str]:
    """Store the day and the section of each page; return the pages where one has changed, to be written again."""
    if app.builder.format != "html":
        return set()
    days = find_change_days(Path(app.srcdir).parent, env.found_docs, app.config.language)
    groups = machine_readable.list_sidebar_groups(env)
    sections = {page: caption for caption, pages in groups for page in pages if caption}
    now = {page: {"changed_day": days.get(page), "section": sections.get(page)} for page in env.found_docs}
    changed = {page for page, info in now.items() if env.metadata[page] != env.metadata[page] | info}
    for page, info in now.items():
        env.metadata[page] |= info
    return changed


def add_page_footer(app: Sphinx, page: str, _template: str, context: dict, document: object) -> None:
    if document is not None:
        code, translated = app.config.language, languages.list_languages().keys() - {"en"}
        context["section"] = app.env.metadata[page].get("section")
        context["changed_day"] = app.env.metadata[page].get("changed_day")
        context["repository"] = app.config.repository
        context["edit_page"] = edit_url(f"docs/{page}.md")
        context["edit_translation"] = edit_url(f"locale/{code}/LC_MESSAGES/{page}.po") if code in translated else ""


def setup(app: Sphinx) -> None:
    # "html": if the address changes, Sphinx writes every page again.
    app.add_config_value("repository", repository_url(), "html", types=frozenset({str}))
    app.connect("env-updated", update_page_info)
    app.connect("html-page-context", add_page_footer, priority=400)
