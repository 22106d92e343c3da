"""What the tables made from data have in common: rows, links to pages, sentences with code in them."""

from collections.abc import Iterable, Sequence

from docutils import nodes
from sphinx import addnodes

Cell = str | nodes.paragraph


def table(heads: Sequence[Cell], rows: Iterable[Sequence[Cell]], anchors: Iterable[str] = ()) -> nodes.table:
    """Return a table whose cells are texts or paragraphs; anchors, if there are any, has one for each row."""

    def row(cells: Sequence[Cell]) -> nodes.row:
        paragraphs = [nodes.paragraph("", cell) if isinstance(cell, str) else cell for cell in cells]
        return nodes.row("", *[nodes.entry("", paragraph) for paragraph in paragraphs])

    group = nodes.tgroup("", *[nodes.colspec(colwidth=1) for _head in heads], cols=len(heads))
    group += nodes.thead("", row(heads))
    lines = list(map(row, rows))
    for line, anchor in zip(lines, anchors, strict=False):
        line["ids"] = [nodes.make_id(anchor)]
    group += nodes.tbody("", *lines)
    return nodes.table("", group)


def link(page: str) -> list[nodes.Node]:
    """Return a link to a page such as "guides/gunicorn", under its title; nothing for ""."""
    if not page:
        return []
    title = nodes.inline("", "", classes=["xref", "doc"])
    return [
        addnodes.pending_xref(
            "", title, refdomain="std", reftype="doc", reftarget=f"/{page}", refexplicit=False, refwarn=True
        )
    ]


def text(sentence: str) -> nodes.paragraph:
    """Return a paragraph in which `words between backticks` are code, and *those between asterisks* in italics."""
    paragraph = nodes.paragraph()
    for index, piece in enumerate(sentence.split("`")):
        if index % 2:
            paragraph += nodes.literal(piece, piece)
        else:
            for place, words in enumerate(piece.split("*")):
                paragraph += nodes.emphasis(words, words) if place % 2 else nodes.Text(words)
    return paragraph
