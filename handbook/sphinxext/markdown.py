"""A page as Markdown, for programs that read text: all content of the page, files and data included, no directives.

It is made from the doctree that Sphinx has resolved for HTML, in the language of the build. A link to another page
leads to its Markdown. A node that this writer does not know stops the build, so that no content is lost silently.
"""

import posixpath
import re
from collections.abc import Callable, Iterable
from html import unescape

from docutils import nodes
from sphinx import addnodes
from sphinx.locale import _
from sphinx.util import logging

# Nodes without content for a reader: labels, comments, lists of pages that the sidebar shows.
SKIPPED_NODES = (
    nodes.comment,
    nodes.target,
    nodes.substitution_definition,
    nodes.colspec,
    nodes.meta,
    nodes.system_message,
    addnodes.index,
    addnodes.toctree,
)
SPECIAL_CHARACTER = re.compile(r"([\\*`\[\]<>|]|(?<!\w)_|_(?!\w))")
BLOCK_MARKER = re.compile(r"(?m)^(#|[-+] |\d+[.)] )")
TITLE = re.compile(r"<title\b[^>]*>(.*?)</title>", re.DOTALL)
NOSCRIPT = re.compile(r"<noscript>(.*?)</noscript>", re.DOTALL)
TAG = re.compile(r"<[^>]+>")
BACKTICKS = re.compile("`+")


def markdown_address(uri: str) -> str:
    """Return the address of a link with .md in place of .html; that of another site is unchanged."""
    path, mark, part = uri.partition("#")
    inside = path.endswith(".html") and "://" not in path
    return f"{path.removesuffix('.html')}.md{mark}{part}" if inside else uri


class MarkdownWriter:
    """The Markdown of one page."""

    def __init__(self) -> None:
        self.level = 0

    def render_blocks(self, children: Iterable[nodes.Node]) -> str:
        return "\n\n".join(filter(None, (self.render_block(child) for child in children)))

    def render_block(self, node: nodes.Node) -> str:
        """Return a block without a newline at its end; "" for a node that is not shown."""
        if isinstance(node, SKIPPED_NODES):
            return ""
        for kind in type(node).__mro__:
            if method := getattr(self, f"block_{kind.__name__}", None):
                text: str = method(node)
                return text
        if isinstance(node, nodes.Admonition):
            title = _(type(node).__name__.capitalize())
            said = [child for child in node.children if not isinstance(child, nodes.title)]  # Furo adds the same title
            return indent(f"**{title}:** {self.render_blocks(said)}", "> ", "> ")
        if isinstance(node, nodes.Inline | nodes.Text):
            return self.render_inlines([node])
        logging.getLogger(__name__).warning(
            "handbook/sphinxext/markdown.py does not know <%s>: write block_%s there.",
            type(node).__name__,
            type(node).__name__,
            location=node,
        )
        return ""

    def block_section(self, node: nodes.section) -> str:
        self.level += 1
        try:
            return self.render_blocks(node.children)
        finally:
            self.level -= 1

    def block_title(self, node: nodes.title) -> str:
        return f"{'#' * max(1, self.level)} {self.render_inlines(node.children)}"

    def block_paragraph(self, node: nodes.paragraph) -> str:
        return BLOCK_MARKER.sub(r"\\\1", self.render_inlines(node.children))

    block_rubric = block_paragraph

    def block_compact_paragraph(self, node: addnodes.compact_paragraph) -> str:
        return "" if node.get("toctree") else self.block_paragraph(node)

    def block_compound(self, node: nodes.Element) -> str:
        return self.render_blocks(node.children)

    block_document = block_definition = block_definition_list = block_figure = block_container = block_compound

    def block_TabInput(self, _node: nodes.Element) -> str:
        return ""  # the button of a tab

    def block_TabLabel(self, node: nodes.Element) -> str:
        return f"**{self.render_inlines(node.children)}:**"

    block_caption = block_TabLabel

    def block_literal_block(self, node: nodes.literal_block) -> str:
        text = node.astext().rstrip("\n")
        fence = "`" * max(3, 1 + max(map(len, BACKTICKS.findall(text)), default=0))
        return f"{fence}{node.get('language', '').replace('default', '')}\n{text}\n{fence}"

    def block_block_quote(self, node: nodes.block_quote) -> str:
        return indent(self.render_blocks(node.children), "> ", "> ")

    def block_bullet_list(self, node: nodes.bullet_list) -> str:
        return self.render_items(node, lambda _number: "- ")

    def block_enumerated_list(self, node: nodes.enumerated_list) -> str:
        return self.render_items(node, lambda number: f"{number + node.get('start', 1)}. ")

    def render_items(self, node: nodes.Element, mark: Callable[[int], str]) -> str:
        found = [(mark(number), self.render_blocks(item.children)) for number, item in enumerate(node.children)]
        between = "\n\n" if any("\n\n" in text for _mark, text in found) else "\n"
        return between.join(indent(text, before, " " * len(before)) for before, text in found)

    def block_definition_list_item(self, node: nodes.definition_list_item) -> str:
        """Return an entry of a definition list: its terms in bold, the definition below."""
        terms = ", ".join(
            self.render_inlines(term.children) for term in node.findall(nodes.term) if term.parent is node
        )
        meanings = [child for child in node.children if isinstance(child, nodes.definition)]
        return f"**{terms}**\n\n{self.render_blocks(meanings)}"

    def block_table(self, node: nodes.table) -> str:
        rows = [[self.render_cell(entry) for entry in row.findall(nodes.entry)] for row in node.findall(nodes.row)]
        if not any(node.findall(nodes.thead)):
            rows.insert(0, [""] * len(rows[0]))
        lines = [f"| {' | '.join(row)} |" for row in rows]
        return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]])

    def render_cell(self, node: nodes.entry) -> str:
        return self.render_blocks(node.children).replace("\n\n", "<br>").replace("\n", " ")

    def block_raw(self, node: nodes.raw) -> str:
        """Return the <title> of a figure or the text of a <noscript>, in italics; "" for other HTML."""
        html = node.astext()
        found = TITLE.search(html) or NOSCRIPT.search(html)
        return f"*{escape(unescape(TAG.sub('', found[1])).strip())}*" if found else ""

    def block_transition(self, _node: nodes.transition) -> str:
        return "---"

    def render_inlines(self, children: Iterable[nodes.Node]) -> str:
        return "".join(self.render_inline(child) for child in children)

    def render_inline(self, node: nodes.Node) -> str:
        if isinstance(node, nodes.Text):
            return escape(node.astext().replace("\n", " "))
        if isinstance(node, SKIPPED_NODES):
            return ""
        if isinstance(node, nodes.literal):
            text = node.astext().replace("\n", " ")
            ticks = "`" * (1 + max(map(len, BACKTICKS.findall(text)), default=0))
            space = " " if text[:1] == "`" or text[-1:] == "`" else ""
            return f"{ticks}{space}{text}{space}{ticks}"
        text = self.render_inlines(node.children)
        if isinstance(node, nodes.strong):
            return f"**{text}**"
        if isinstance(node, nodes.emphasis):
            return f"*{text}*"
        if isinstance(node, nodes.reference):
            uri = node.get("refuri") or f"#{node.get('refid', '')}"
            return f"[{text}]({markdown_address(uri)})"
        if isinstance(node, nodes.raw):
            return ""
        if not isinstance(node, nodes.Inline):
            return self.render_block(node)
        return text


def escape(text: str) -> str:
    return SPECIAL_CHARACTER.sub(r"\\\1", text)


def indent(text: str, first: str, others: str) -> str:
    lines = text.split("\n")
    return "\n".join([first + lines[0], *(others + line if line or others.strip() else "" for line in lines[1:])])


def render_markdown(document: nodes.document) -> str:
    """Return a resolved page as Markdown, with a newline at its end."""
    return MarkdownWriter().render_block(document) + "\n"


# A fenced block, which rebase_links() leaves as it is, or the target of a link.
CODE_OR_LINK = re.compile(r"^[ >]*(`{3,})[\s\S]*?^[ >]*\1$|(?<!\\)\]\(([^)\s]+)\)", re.MULTILINE)


def rebase_links(text: str, page: str, base: str) -> str:
    """Return the Markdown of a page with base before its links, which become relative to the language's folder."""

    def address(found: re.Match) -> str:
        uri = found[2]
        if uri is None or re.match(r"[a-z]+:", uri):
            return found[0]
        path, mark, part = uri.partition("#")
        path = posixpath.normpath(posixpath.join(posixpath.dirname(page), path)) if path else f"{page}.md"
        return f"]({base}{path}{mark}{part})"

    return CODE_OR_LINK.sub(address, text)
