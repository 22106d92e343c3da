"""Inline code has a <span class="pre"> only around a word that a browser could break after a hyphen, such as --app.

site.css keeps that word on one line. Sphinx writes a span around each word: a sixteenth of the page of error messages.
"""

import re

from sphinx.application import Sphinx

# A word of letters, digits and signs between which no line is broken (Unicode's rules, UAX 14).
UNBREAKABLE = re.compile(r"""<span class="pre">((?:[\w.,:;=@*#()'\[\]]|&(?:amp|quot|lt|gt|#x27);)+)</span>""")


def drop_spans(app: Sphinx, pagename: str, templatename: str, context: dict, doctree: object) -> None:
    if "body" in context:
        context["body"] = UNBREAKABLE.sub(r"\1", context["body"])


def setup(app: Sphinx) -> None:
    app.connect("html-page-context", drop_spans)
