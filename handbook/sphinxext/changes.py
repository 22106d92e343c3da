"""What has changed for readers: docs/about/changes.toml, as the directive ``changes`` and as a feed, changes.atom.

``{changes} corrected`` lists the changes of that kind, the latest first; ``{changes} feed`` is a link to the feed.
An entry of the file; its name never changes, because its id in the feed is made from it::

    [h12-ends-a-request]
    date = 2026-11-27
    kind = "corrected"                          # or "new"
    what = "H12 ends a request, not a visitor."
    page = "guides/uploads"                     # where to read it

`what` is translated with the page.
"""

import datetime
import re
import uuid
from pathlib import Path
from xml.etree import ElementTree

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.locale import _
from sphinx.util.docutils import SphinxDirective

from handbook.data_files import DataError, find_key_line, is_text, load_toml, read_text
from handbook.sphinxext import languages
from handbook.sphinxext.tables import make_inline, make_link, parse_sentences
from handbook.translation import messages

FILE = "docs/about/changes.toml"
PAGE = "about/changes"
FEED = "changes.atom"
KINDS = ("corrected", "new")
FIELDS = {"date", "kind", "what", "page"}
ATOM = "http://www.w3.org/2005/Atom"


def load_changes(root: Path) -> dict[str, dict]:
    """Return {name: {"date", "kind", "what", "page"}}, the latest first.

    Raises DataError if an entry is not like that.
    """
    found, text = load_toml(root, FILE), read_text(root, FILE)
    for name, entry in found.items():
        if wrong := find_problem(root, entry):
            raise DataError(FILE, find_key_line(text, name), f"{name} {wrong}")
    return dict(sorted(found.items(), key=lambda one: one[1]["date"], reverse=True))


def find_problem(root: Path, entry: object) -> str:
    """Return what is wrong with an entry and what to do, "" if nothing is."""
    if not isinstance(entry, dict) or entry.keys() != FIELDS:
        return f"has not the parts {', '.join(sorted(FIELDS))} and no others: write them."
    if type(entry["date"]) is not datetime.date:
        return "has a date that is none: write date = 2026-01-31, without quotes."
    if entry["kind"] not in KINDS:
        return f"has a kind that is none of {', '.join(KINDS)}: choose one."
    if not is_text(entry["what"]):
        return "says nothing: write what has changed for readers."
    if not (root / "docs" / f"{entry['page']}.md").is_file():
        return f"is said to be on {entry['page']}, and docs/{entry['page']}.md does not exist: correct the page."
    return ""


class Changes(SphinxDirective):
    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        root = Path(self.env.srcdir).parent
        self.env.note_dependency(str(root / FILE))
        if self.arguments[0] == "feed":
            address = f"{'../' * self.env.docname.count('/')}{FEED}"
            link_to_feed = nodes.reference("", _("Follow these changes in a feed reader"), refuri=address)
            return [nodes.paragraph("", "", link_to_feed, classes=["feed"])]
        shown = {name: entry for name, entry in load_changes(root).items() if entry["kind"] == self.arguments[0]}
        text = read_text(root, FILE)
        located = ((entry["what"], root / FILE, find_key_line(text, name, "what")) for name, entry in shown.items())
        found = nodes.bullet_list()
        for entry, line in zip(shown.values(), parse_sentences(self, located), strict=True):
            day = nodes.strong("", entry["date"].isoformat(), classes=["notranslate"])
            words = [day, nodes.Text(" "), make_link(entry["page"]), nodes.Text(": "), make_inline(line)]
            found += nodes.list_item("", nodes.paragraph("", "", *words))
        if not len(found):
            raise self.error(f"{FILE} has no entry with kind = {self.arguments[0]!r}: correct one of them.")
        return [found]


def render_feed(app: Sphinx) -> str:
    """Return the changes as an Atom feed (RFC 4287). Its ids are the same wherever the site is published."""
    root, code = Path(app.srcdir).parent, app.config.language
    folder = messages.catalogue_folder(app.srcdir, app.config)
    translated = messages.load_translations(folder / f"{PAGE}.po")
    base = languages.language_url(code)
    entries = load_changes(root)
    made = ElementTree.Element("feed", {"xmlns": ATOM, "xml:lang": languages.language_tag(code)})

    def add(parent: ElementTree.Element, name: str, said: str = "", **attributes: str) -> ElementTree.Element:
        child = ElementTree.SubElement(parent, name, attributes)
        child.text = said or None
        return child

    def identifier(name: str) -> str:
        return uuid.uuid5(uuid.NAMESPACE_URL, f"flask-on-heroku/{code}/{name}").urn

    def at_noon(day: datetime.date) -> str:
        return f"{day.isoformat()}T12:00:00Z"

    add(made, "title", f"{app.config.html_title}: {app.env.titles[PAGE].astext()}")
    add(made, "id", identifier(""))
    add(made, "link", rel="self", href=f"{base}{FEED}")
    add(made, "link", rel="alternate", type="text/html", href=f"{base}{PAGE}.html")
    add(made, "updated", at_noon(max(entry["date"] for entry in entries.values())))
    add(add(made, "author"), "name", app.config.author)
    for name, entry in entries.items():
        item = add(made, "entry")
        what = re.sub("[`*]", "", translated.get(entry["what"]) or entry["what"])
        kinds = {"corrected": _("Corrected"), "new": _("New")}
        add(item, "title", f"{kinds[entry['kind']]}: {app.env.titles[entry['page']].astext()}")
        add(item, "id", identifier(name))
        add(item, "link", rel="alternate", type="text/html", href=f"{base}{entry['page']}.html")
        add(item, "updated", at_noon(entry["date"]))
        add(item, "summary", what)
    ElementTree.indent(made, " ")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ElementTree.tostring(made, encoding="unicode")}\n'


def has_feed(app: Sphinx) -> bool:
    return app.builder.name == "html" and PAGE in app.env.found_docs and (Path(app.srcdir).parent / FILE).is_file()


def add_feed(app: Sphinx, _page: str, _template: str, context: dict, _document: object) -> None:
    if has_feed(app):
        context["feed"] = FEED


def remove_feed_link(app: Sphinx, document: nodes.document, _page: str) -> None:
    """Remove the link to the feed where there is no feed: in a book."""
    if not has_feed(app):
        for paragraph in list(document.findall(nodes.paragraph)):
            if "feed" in paragraph["classes"]:
                paragraph.parent.remove(paragraph)


def write_feed(app: Sphinx, error: Exception | None) -> None:
    if not error and has_feed(app):
        Path(app.outdir, FEED).write_text(render_feed(app), "utf-8")


def setup(app: Sphinx) -> None:
    app.add_directive("changes", Changes)
    app.connect("doctree-resolved", remove_feed_link)
    app.connect("html-page-context", add_feed)
    app.connect("build-finished", write_feed)
