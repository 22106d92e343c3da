"""The directive ``proof``: how much of the site is tested, as numbers that the build counts, and the last full run.

The build counts the apps that tests/test_snippets.py starts, the messages that tests/pages/test_errors.py sees printed,
the commands that tests/test_walkthroughs.py compares. The day is that of the last `make test` in this folder.
"""

from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.locale import _
from sphinx.util.docutils import SphinxDirective

from handbook import known_errors
from handbook.checks import list_pages
from handbook.paths import list_apps
from handbook.sphinxext.commands import read_commands
from handbook.sphinxext.snippet import list_snippets
from handbook.sphinxext.tested_footer import load_run


class proof(nodes.General, nodes.Element):
    """A placeholder, which resolve_proofs() replaces with the list of the numbers when the page is written."""


class Proof(SphinxDirective):
    def run(self) -> list[nodes.Node]:
        return [proof()]


def count_proofs(root: Path) -> dict[str, int]:
    """Return {"apps": n, "messages": n, "commands": n}: how many are started, seen printed, recorded."""
    snippets = root / "snippets"
    shown = {name for page in list_pages(root) for name in list_snippets(root, page.with_suffix(""))}
    transcripts = [snippets / name for name in shown if name.endswith(".console") and (snippets / name).is_file()]
    entries = known_errors.load_errors(root)
    printed = [entry for entry in entries if not all(by.startswith("https://") for by in entry.proof)]
    return {
        "apps": len(list_apps(root)),
        "messages": len(printed),
        "commands": sum(len(read_commands(path)) for path in transcripts),
    }


def find_last_passed_day(root: Path) -> str:
    """Return the day on which all tests last passed in this folder, "" if there is none."""
    return max((run["day"] for run in load_run(root).values()), default="")


def resolve_proofs(app: Sphinx, doctree: nodes.document, _page: str) -> None:
    counts = app.config.proof_counts
    for place in list(doctree.findall(proof)):
        numbers = [
            (str(counts["apps"]), _("apps started")),
            (str(counts["messages"]), _("error messages seen")),
            (str(counts["commands"]), _("commands recorded")),
        ]
        numbers += [(app.config.proof_day, _("last whole run"))] if app.config.proof_day else []
        items = [
            nodes.list_item("", nodes.paragraph("", "", nodes.strong("", number), nodes.Text(f" {words}")))
            for number, words in numbers
        ]
        place.replace_self(nodes.bullet_list("", *items, classes=["proof"]))


def set_counts(app: Sphinx, config: Config) -> None:
    root = Path(app.srcdir).parent
    config.proof_counts, config.proof_day = count_proofs(root), find_last_passed_day(root)


def setup(app: Sphinx) -> None:
    app.add_node(proof)
    app.add_directive("proof", Proof)
    app.add_config_value("proof_counts", {}, "html")
    app.add_config_value("proof_day", "", "html")
    app.connect("config-inited", set_counts)  # runs after validate_data_files(), which has a lower priority number
    app.connect("doctree-resolved", resolve_proofs)
