"""What the tables made from data have in common: rows, links to pages, sentences with code in them."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective

Cell = str | nodes.paragraph


def make_table(heads: Sequence[Cell], rows: Iterable[Sequence[Cell]], anchors: Iterable[str] = ()) -> nodes.table:
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


def make_inline(paragraph: nodes.paragraph) -> nodes.inline:
    """Return a sentence of `paragraphs` as the last part of another paragraph, still translated as one.

    The last: Sphinx puts what it has translated at the end of its parent.
    """
    found = nodes.inline(paragraph.rawsource, "", *paragraph.children, translatable=True)
    found.source, found.line = paragraph.source, paragraph.line
    return found


def make_link(page: str) -> list[nodes.Node]:
    """Return a link to a page such as "guides/gunicorn", under its title; nothing for ""."""
    if not page:
        return []
    title = nodes.inline("", "", classes=["xref", "doc"])
    return [
        addnodes.pending_xref(
            "", title, refdomain="std", reftype="doc", reftarget=f"/{page}", refexplicit=False, refwarn=True
        )
    ]


def parse_sentences(
    directive: SphinxDirective, sentences: Iterable[tuple[str, Path, int]]
) -> Iterator[nodes.paragraph]:
    """Yield a paragraph, which Sphinx translates with the page, for each (sentence in Markdown, its file, line)."""
    places = list(sentences)
    # Together: each beginning of the parser takes longer than a sentence.
    found = directive.parse_text_to_nodes("\n\n".join(sentence for sentence, _file, _line in places))
    for (sentence, file, line), paragraph in zip(places, found, strict=False):
        if not isinstance(paragraph, nodes.paragraph) or paragraph.rawsource != sentence:
            raise directive.error(f"{file}:{line}: to Markdown this is no sentence: {sentence}")
        paragraph.source, paragraph.line = str(file), line
        yield paragraph
