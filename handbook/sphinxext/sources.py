"""The directive ``sources``: what became of one old guide, from docs/about/sources.toml.

``{sources} 4`` is the table of guide 4. The fields `what` and `today` of a row are translated with the page.
The last column links to the heading under which a row's words are today; if its page lacks them, the build
fails. ``{sources-filter}`` is the form that shows only some of the rows; it appears only with JavaScript
(docs/_static/site.js).
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.locale import _
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from handbook.data_files import DataError, find_key_line, is_text, is_text_list, load_toml, read_text
from handbook.sphinxext import languages
from handbook.sphinxext.tables import Cell, make_table, parse_sentences
from handbook.translation import messages

FILE = "docs/about/sources.toml"
TRANSLATED_FIELDS = ("what", "today")
# {verdict: (required fields, optional fields)}. A row with a page has either `words` or `heading`.
FIELDS = {
    "kept": ({"what", "page"}, {"today", "words", "heading"}),
    "corrected": ({"what", "today", "page"}, {"words", "heading"}),
    "dropped": ({"what", "today"}, {"words"}),
}


def load_sources(root: Path) -> dict[str, dict]:
    """Return the rows of docs/about/sources.toml by their numbers: {"1.04 1.C14": row}.

    A row is {"what", "verdict", "today", "page", "words", "heading"}; see FIELDS. words: texts or addresses that are on
    the page; of a dropped row, that are on no page any more. Raises DataError for a row that is not like that.
    """
    rows, text = load_toml(root, FILE), read_text(root, FILE)
    for number, row in rows.items():
        if wrong := find_problem(root, row):
            raise DataError(FILE, find_key_line(text, number), f"{number} {wrong}")
    return rows


def find_problem(root: Path, row: Any) -> str:
    """Return what is wrong with a row and what to do, "" if nothing is."""
    if not isinstance(row, dict):
        return 'is no row: write ["its number"], and its parts below.'
    if row.get("verdict") not in tuple(FIELDS):
        return f"has no verdict: write {', '.join(FIELDS)}."
    needed, allowed = FIELDS[row["verdict"]]
    for part in sorted(needed - row.keys()):
        return f"has no {part}: write it."
    for part in sorted(row.keys() - needed - allowed - {"verdict"}):
        return f"has {part}, which a row that is {row['verdict']} has not: take it out."
    if "page" in row and not (root / "docs" / f"{row['page']}.md").is_file():
        return f"is said to be on {row['page']}, and docs/{row['page']}.md does not exist: correct the page."
    if "page" in row and ("words" in row) == ("heading" in row):
        return "needs words that stand on its page, or the heading: write one of the two."
    if not is_text_list(row.get("words", ["…"])) or row.get("words") == []:
        return 'has words that are no list of texts: write ["…"].'
    for part in sorted(row.keys() - {"words"}):
        if not is_text(row[part]):
            return f'has {part}, which is no text: write {part} = "…".'
    return ""


def translate_verdicts() -> dict[str, str]:
    return {"kept": _("kept"), "corrected": _("corrected"), "dropped": _("dropped")}


class Filter(SphinxDirective):
    def run(self) -> list[nodes.Node]:
        words, verdict = _("Show rows with"), _("Verdict")
        options = "".join(f"<option>{name}</option>" for name in ("", *translate_verdicts().values()))
        form = (
            f'<form class="filter needs-script" role="search"><label>{words} <input type="search"></label>'
            f"<label>{verdict} <select>{options}</select></label> <output></output></form>"
        )
        return [nodes.raw("", form, format="html")]


class pending_place(nodes.Inline, nodes.TextElement):
    """A placeholder that resolve_places() replaces with a link. Attributes: page, words, heading, row (file:line)."""


class Sources(SphinxDirective):
    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        root = Path(self.env.srcdir).parent
        self.env.note_dependency(str(root / FILE))
        heads = [_("No."), _("What stood there"), _("Verdict"), _("Today"), _("Now on")]
        found = make_table(heads, list(self.rows(root)))
        found["classes"].append("sources")
        return [found]

    def rows(self, root: Path) -> Iterator[list[Cell]]:
        labels, catalogues = translate_verdicts(), messages.catalogue_folder(root / "docs", self.config)
        text = read_text(root, FILE)
        guide = [
            (number, find_key_line(text, number), row)
            for number, row in load_sources(root).items()
            if number.startswith(f"{self.arguments[0]}.")
        ]
        if not guide:
            raise self.error(f"{FILE} has no row of a guide {self.arguments[0]}: correct one of them.")
        located = (
            (row[part], root / FILE, line) for _number, line, row in guide for part in TRANSLATED_FIELDS if part in row
        )
        sentences = parse_sentences(self, located)
        for number, line, row in guide:
            what, today = (next(sentences) if part in row else "" for part in TRANSLATED_FIELDS)
            now = nodes.paragraph()
            if "page" in row:
                # The link shows the heading of that page: when it changes there, this page is read again.
                self.env.note_dependency(str(root / "docs" / f"{row['page']}.md"))
                self.env.note_dependency(str(catalogues / f"{row['page']}.po"))
                where = {key: row.get(key, "") for key in ("page", "words", "heading")}
                now += pending_place("", "", row=f"{FILE}:{line}", **where)
            yield [number, what, labels[row["verdict"]], today, now]


class PagePart(NamedTuple):
    """A section of a page without its subsections: ids, heading, its text followed by the targets of its links."""

    ids: list[str]
    heading: nodes.Element
    shown: str


def find_page_parts(env: BuildEnvironment, page: str) -> Iterator[PagePart]:
    for section in env.get_doctree(page).findall(nodes.section):
        own = [child for child in section.children[1:] if not isinstance(child, nodes.section)]
        shown = [child.astext() for child in own]
        shown += [found["refuri"] for child in own for found in child.findall(nodes.reference) if "refuri" in found]
        yield PagePart(section["ids"], next(section.findall(nodes.title)), " ".join(" ".join(shown).split()))


def find_part(page: list[PagePart], words: list[str], heading: str) -> PagePart:
    """Return the part with the first of the words and most of the others, or, without words, the one with the heading.

    Raises LookupError with the words or the heading that the page lacks.
    """
    if not words:
        for part in page:
            if heading in part.ids:
                return part
        raise LookupError(f'heading "{heading}"')
    if lacking := [f'words "{word}"' for word in words if not any(word in part.shown for part in page)]:
        raise LookupError(", ".join(lacking))
    return max(page, key=lambda part: (words[0] in part.shown, sum(word in part.shown for word in words)))


def resolve_places(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Replace each pending_place with a link; warn of a row whose words or heading its page lacks."""
    if app.builder.name == "gettext":
        return
    read_page = cache(lambda page: list(find_page_parts(app.env, page)))
    code = app.config.language
    complete = code == "en" or (code in languages.list_languages() and languages.is_finished(code))
    for node in list(doctree.findall(pending_place)):
        page = node["page"]
        try:
            found = find_part(read_page(page), node["words"], node["heading"])
        except LookupError as error:
            if not complete:  # an unfinished translation may have other words
                address = app.builder.get_relative_uri(docname, page)
                node.replace_self(make_titled_link(address, app.env.titles[page]))
                continue
            advice = f"docs/{page}.md has no {error}: correct the row, or the page."
            logging.getLogger(__name__).warning(advice, location=node["row"])
            node.parent.remove(node)
            continue
        title = app.env.titles[page]
        titles = [title] if found.heading.astext() == title.astext() else [title, found.heading]
        node.replace_self(make_titled_link(f"{app.builder.get_relative_uri(docname, page)}#{found.ids[0]}", *titles))


def make_titled_link(address: str, *titles: nodes.Element) -> nodes.reference:
    """Return a link shown as the titles of a page and of a part of it, in which code stays code."""
    words: list[nodes.Node] = []
    for title in titles:
        words += [nodes.Text(": ")] * bool(words) + [child.deepcopy() for child in title.children]
    return nodes.reference("", "", *words, refuri=address, internal=True)


def setup(app: Sphinx) -> None:
    app.add_node(pending_place)
    app.add_directive("sources", Sources)
    app.add_directive("sources-filter", Filter)
    app.connect("doctree-resolved", resolve_places)
