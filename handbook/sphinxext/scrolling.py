"""Tables and blocks of code, which scroll sideways on a narrow screen, can be reached with the keyboard.

Each becomes a region that can be focused, named after the caption above it, or else after the heading. The
attributes are in the HTML, so that no JavaScript is needed.
"""

import re

from sphinx.application import Sphinx

# Finds, in page order, each heading, caption, box that Furo puts around a table, and block of code.
HEADING_CAPTION_OR_BOX = re.compile(
    r'<h[1-6]\b[^>]*>(?P<heading>.*?)(?:<a class="headerlink"|</h[1-6]>)'
    r'|<div class="code-block-caption">(?P<caption>.*?)(?:<a class="headerlink"|</div>)'
    r'|(?P<box><div class="table-wrapper[^"]*"|<pre)(?=>)',
    re.DOTALL,
)


def label_regions(body: str) -> str:
    """Return the HTML of an article in which each table and block of code can be focused and has a name."""
    heading, caption = "", ""

    def name(mark: re.Match) -> str:
        nonlocal heading, caption
        if not mark["box"]:
            if mark["heading"]:
                heading, caption = strip_tags(mark["heading"]), ""
            else:
                caption = strip_tags(mark["caption"])
            return mark[0]
        label, caption = caption or heading, ""
        return f'{mark[0]} tabindex="0" role="region" aria-label="{label}"'

    return HEADING_CAPTION_OR_BOX.sub(name, body)


def strip_tags(html: str) -> str:
    """Return the text of an element, escaped for an attribute."""
    return " ".join(re.sub("<[^>]*>", "", html).split()).replace('"', "&quot;")


def add_region_labels(app: Sphinx, pagename: str, templatename: str, context: dict, doctree: object) -> None:
    if "body" in context:
        context["body"] = label_regions(context["body"])


def setup(app: Sphinx) -> None:
    app.connect("html-page-context", add_region_labels)
