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
from sphinx_inline_tabs._impl import TabDirective


class Tab(TabDirective):
    def run(self) -> list[nodes.Node]:
        [container] = super().run()
        for label in container.findall(nodes.label):
            self.set_source_info(label)  # a label without a source is not extracted for translation
        return [container]


def setup(app: Sphinx) -> dict:
    app.setup_extension("sphinx_inline_tabs")
    app.add_directive("tab", Tab, override=True)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
