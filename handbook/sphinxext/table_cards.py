"""On a phone each row of a table with three or more columns is a card: a line for each cell, led by its column's name.

The cell's attribute ``data-head`` holds the name; docs/_static/site.css shows it on a narrow screen.
"""

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

MIN_COLUMNS = 3  # a phone has room for two columns side by side


def label_cells(app: Sphinx, doctree: nodes.document, _page: str) -> None:
    """Give each cell of a wide table the name of its column, and the table its class."""
    for table in doctree.findall(nodes.table):
        head = next(table.findall(nodes.thead), None)
        heads = list(head.findall(nodes.entry)) if head else []
        if len(heads) < MIN_COLUMNS or "sources" in table["classes"]:  # site.css has other cards for the sources
            continue
        table["classes"].append("cards")
        for row in (row for body in table.findall(nodes.tbody) for row in body.findall(nodes.row)):
            for entry, of_column in zip(row.findall(nodes.entry), heads, strict=False):
                entry["head"] = of_column.astext()
                if any("notranslate" in paragraph["classes"] for paragraph in of_column.findall(nodes.paragraph)):
                    entry["classes"].append("notranslate")


def visit_entry(self: HTML5Translator, node: nodes.entry) -> None:
    HTML5Translator.visit_entry(self, node)
    if node.get("head"):
        self.body[-1] = self.body[-1].replace("<td", f'<td data-head="{self.attval(node["head"])}"', 1)


def setup(app: Sphinx) -> None:
    app.add_node(nodes.entry, override=True, html=(visit_entry, None))
    app.connect("doctree-resolved", label_cells)
