"""What scrolls sideways on a narrow screen, tables and blocks of code, is reached and named for the keyboard.

Each becomes a region that takes the focus, named after the caption over it, or else after the heading: written
into the page, so that it needs no JavaScript.
"""

import re

from sphinx.application import Sphinx

# In the order of the page: a heading, a caption, the box of a table (Furo's), a block of code.
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
    """Return what an element says, fit for an attribute."""
    return " ".join(re.sub("<[^>]*>", "", html).split()).replace('"', "&quot;")


def add_region_labels(app: Sphinx, pagename: str, templatename: str, context: dict, doctree: object) -> None:
    if "body" in context:
        context["body"] = label_regions(context["body"])


def setup(app: Sphinx) -> dict:
    app.connect("html-page-context", add_region_labels)
    # Whoever has pages built without this has them all written again.
    return {"env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}
