"""The directive ``tree``: the files of an app, as a list in a list.

::

    ```{tree} subfolder
    ```

lists the files of snippets/subfolder/ that belong to the app (all but snippet_comments.NOT_APP_FILES): the files that
the guide offers for download. A page whose list has changed is read again.
"""

from fnmatch import fnmatch
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.locale import _
from sphinx.util.docutils import SphinxDirective

from handbook.snippet_comments import NOT_APP_FILES


def list_app_files(app: Path) -> list[str]:
    """Return the paths of the files of an app, folders first: "backend/app.py", "Procfile"."""
    names = [path.relative_to(app) for path in app.rglob("*") if path.is_file()]
    own = [name for name in names if not any(fnmatch(part, no) for part in name.parts for no in NOT_APP_FILES)]
    return [name.as_posix() for name in sorted(own, key=sort_key)]


def sort_key(name: Path) -> list[tuple[bool, str]]:
    """Return the key that sorts folders before files, and both by name."""
    return [(place == len(name.parts), part.lower()) for place, part in enumerate(name.parts, 1)]


def make_list(names: list[str]) -> nodes.bullet_list:
    """Return a list of names in which each folder has a list of its own."""
    below_each: dict[str, list[str]] = {}  # {a file: [], a folder with a slash: what is below it}
    for name in names:
        folder, slash, rest = name.partition("/")
        below_each.setdefault(folder + slash, []).extend([rest] if slash else [])
    found = nodes.bullet_list()
    for head, inside in below_each.items():
        below = [make_list(inside)] if inside else []
        found += nodes.list_item("", nodes.paragraph("", "", nodes.literal("", head)), *below)
    return found


class Tree(SphinxDirective):
    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        slug = self.arguments[0]
        names = list_app_files(Path(self.env.srcdir).parent / "snippets" / slug)
        if not names:
            raise self.error(f"snippets/{slug} has no files: correct its name here.")
        self.env.metadata[self.env.docname].setdefault("trees", {})[slug] = names
        introduction = nodes.paragraph("", _("When all steps are done, the app has these files:"))
        return [nodes.container("", introduction, make_list(names), classes=["file-tree"])]


def find_outdated(_app: Sphinx, env: BuildEnvironment, *_pages: set[str]) -> list[str]:
    """Return the pages with a tree whose folder has other files than when the page was read."""
    root = Path(env.srcdir).parent / "snippets"
    shown = {page: env.metadata[page].get("trees", {}) for page in env.found_docs if page in env.metadata}

    def is_outdated(trees: dict[str, list[str]]) -> bool:
        return any(list_app_files(root / slug) != names for slug, names in trees.items())

    return [page for page, trees in shown.items() if is_outdated(trees)]


def setup(app: Sphinx) -> None:
    app.add_directive("tree", Tree)
    app.connect("env-get-outdated", find_outdated)
