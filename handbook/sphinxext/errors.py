"""The directives for docs/reference/errors.toml: ``{errors} push`` lists the messages with where = "push".

``{log-box}`` is the form that finds the messages in a log, only in the reader's browser (docs/_static/log-box.js).

The sentences of the entries are parsed in the page that has the directive, so they are translated with that page.
"""

import json
from html import escape
from itertools import takewhile
from pathlib import Path

from docutils import nodes
from lxml import html as lxml_html
from sphinx.application import Sphinx
from sphinx.locale import _
from sphinx.util.docutils import SphinxDirective

from handbook import known_errors

DATA_FILE = "known-errors.js"
LOG_BOX = """<form class="log-box needs-script" data-search="{search}"
  data-page="{page}" data-cause="{cause}" data-others="{others}"
  data-nothing="{nothing}" data-look="{look}" data-cut="{cut}" data-kept="{kept}" data-failed="{failed}">
<label for="log-box-log">{label}</label>
<textarea id="log-box-log" rows="8" spellcheck="false" autocomplete="off" autocapitalize="off" dir="auto"></textarea>
<p>{private}</p>
<div class="log-box-found" role="status"></div>
</form>
<script src="{script}" defer></script>
<noscript><p>{noscript}</p></noscript>"""


class Errors(SphinxDirective):
    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        root = Path(self.env.srcdir).parent
        self.env.note_dependency(str(root / known_errors.FILE))
        shown = [entry for entry in known_errors.load_errors(root) if entry.where == self.arguments[0]]
        if not shown:
            raise self.error(
                f"{known_errors.FILE} has no entry with where = {self.arguments[0]!r}: correct one of them."
            )
        found = self.parse_text_to_nodes("\n".join(entry.markdown for entry in shown))
        terms = (term for top in found for term in top.findall(nodes.term))
        for entry, term in zip(shown, terms, strict=True):
            term["anchors"] = [entry.id]
        return found


class LogBox(SphinxDirective):
    def run(self) -> list[nodes.Node]:
        up = "../" * self.env.docname.count("/")
        words = {
            "script": f"{up}_static/log-box.js",
            "search": f"{up}search.html",
            "page": f"{up}{known_errors.PAGE}.html",
            "label": _("Paste your log here: all of it, as it is."),
            "private": _("Nothing leaves your browser: this page reads the log itself, and sends it to nobody."),
            "cause": _("The cause, most likely:"),
            "others": _("Also in your log:"),
            "nothing": _("This log has none of the messages that these pages explain."),
            "look": _("Look up this line:"),
            "kept": _("Your log is long: all of it was read, and the box shows its end."),
            "cut": _("Your log is very long: only its end was read."),
            "failed": _("The list of messages could not be loaded. Paste your log again in a moment."),
            "noscript": _("The box needs JavaScript. Look for your message in the list of the errors page."),
        }
        return [nodes.raw("", LOG_BOX.format_map({name: escape(text) for name, text in words.items()}), format="html")]


def write_log_box_data(app: Sphinx, error: Exception | None) -> None:
    """Write the entries for the form, in the language of the build: [id, kind, pieces of each pattern, title, causes].

    Title and causes are HTML from the built errors page, with code spans and links.
    """
    page = Path(app.outdir, f"{known_errors.PAGE}.html")
    if app.builder.name == "html" and not error and page.is_file():
        written = lxml_html.parse(page, lxml_html.HTMLParser(encoding="utf-8")).getroot()
        entries = known_errors.load_errors(Path(app.srcdir).parent)
        data = [[entry.id, entry.kind, entry.pieces, *render_entry(written, entry.id)] for entry in entries]
        text = f"window.knownErrors = {json.dumps(data, ensure_ascii=False, separators=(',', ':'))};\n"
        Path(app.outdir, "_static", DATA_FILE).write_text(text, "utf-8")


def render_entry(page: lxml_html.HtmlElement, anchor: str) -> tuple[str, str]:
    """Return (title, causes) of an entry of the errors page as HTML, ("", "") if the page lacks it."""
    for title in page.xpath("//dl/dt[@id = $anchor]", anchor=anchor):
        causes = takewhile(lambda sibling: sibling.tag == "dd", title.itersiblings())
        return render_inside(title), "".join(map(render_inside, causes))
    return "", ""


def render_inside(element: lxml_html.HtmlElement) -> str:
    """Return the inner HTML of an element; of its attributes only the class of code and the targets of links stay."""
    for link in element.xpath(".//a[@class = 'headerlink']"):
        link.drop_tree()
    for span in element.xpath(".//span"):
        span.drop_tag()
    for child in element.xpath(".//*"):
        kept = {"class": "literal notranslate"} if child.tag == "code" else {"href": child.get("href")}
        child.attrib.clear()
        child.attrib.update({name: value for name, value in kept.items() if value})
    parts = [escape(element.text or ""), *(lxml_html.tostring(child, encoding="unicode") for child in element)]
    return "".join(parts).strip()


def setup(app: Sphinx) -> None:
    app.add_directive("errors", Errors)
    app.add_directive("log-box", LogBox)
    app.connect("build-finished", write_log_box_data)
