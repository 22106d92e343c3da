"""Helpers for the tables that are made from data: rows, links to pages, sentences with code in them."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective

Cell = str | nodes.paragraph


def make_table(heads: Sequence[Cell], rows: Iterable[Sequence[Cell]], anchors: Iterable[str] = ()) -> nodes.table:
    """Return a table whose cells are texts or paragraphs; anchors: one for each row, or none at all."""

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


def make_inline(paragraph: nodes.paragraph) -> nodes.inline:
    """Return a sentence of parse_sentences() as an inline node, which Sphinx still translates as a whole.

    It must be the last child of its paragraph, because Sphinx moves it to the end when it has translated it.
    """
    found = nodes.inline(paragraph.rawsource, "", *paragraph.children, translatable=True)
    found.source, found.line = paragraph.source, paragraph.line
    return found


def make_link(page: str) -> addnodes.pending_xref:
    """Return a link to a page such as "guides/gunicorn", shown as its title."""
    title = nodes.inline("", "", classes=["xref", "doc"])
    target = {"refdomain": "std", "reftype": "doc", "reftarget": f"/{page}", "refexplicit": False, "refwarn": True}
    return addnodes.pending_xref("", title, **target)


def parse_sentences(
    directive: SphinxDirective, sentences: Iterable[tuple[str, Path, int]]
) -> Iterator[nodes.paragraph]:
    """Yield a paragraph, which Sphinx translates with the page, for each (sentence in Markdown, its file, line)."""
    places = list(sentences)
    # The sentences are parsed together, because starting the parser takes longer than parsing a sentence.
    found = directive.parse_text_to_nodes("\n\n".join(sentence for sentence, _file, _line in places))
    for (sentence, file, line), paragraph in zip(places, found, strict=False):
        if not isinstance(paragraph, nodes.paragraph) or paragraph.rawsource != sentence:
            raise directive.error(f"{file}:{line}: to Markdown this is no sentence: {sentence}")
        paragraph.source, paragraph.line = str(file), line
        yield paragraph
