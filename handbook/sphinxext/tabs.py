"""Tabs, the directive ``tab`` of sphinx-inline-tabs: where a page gives several ways, a reader sees their own.

::

    :::{tab} uv
    what to do with uv
    :::

Each tab is a radio button, so it needs no JavaScript. docs/_static/site.js opens the tab of the same name on the next
page too. Without JavaScript, in print and in the books all tabs are open (docs/_static/site.css).
"""

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform


class LocateLabels(SphinxTransform):
    """Give the label of each tab the place of its tab: Sphinx does not translate a text without a place."""

    default_priority = 12  # before those that look for texts to translate

    def apply(self) -> None:
        for tab in self.document.findall(nodes.container):
            if tab.get("type") == "tab":
                tab[0].source, tab[0].line = tab.source, tab.line


def setup(app: Sphinx) -> None:
    app.setup_extension("sphinx_inline_tabs")
    app.add_transform(LocateLabels)
