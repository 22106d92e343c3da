"""Leaves out markup that no style or script uses: the page of error messages is a tenth lighter.

A <span class="pre"> stays around a word that a browser could break after a hyphen, such as --app; site.css keeps that
word on one line. Sphinx writes one around each word.
"""

import re

from sphinx.application import Sphinx

# A word of letters, digits and signs between which no line is broken (Unicode's rules, UAX 14).
UNBREAKABLE = re.compile(r"""<span class="pre">((?:[\w.,:;=@*#()'\[\]]|&(?:amp|quot|lt|gt|#x27|#64);)+)</span>""")
# The span of a reference, unless another span is in it.
REFERENCE = re.compile(r'<span class="(?:doc )?std std-(?:ref|doc)">((?:(?!</?span).)*)</span>', re.DOTALL)

SHORTER = {
    '<code class="docutils literal': '<code class="literal',
    '<dl class="simple myst">': "<dl>",
    '<a class="reference internal" ': "<a ",
    '<a class="reference external" ': "<a ",
}


def drop_unused_markup(app: Sphinx, pagename: str, templatename: str, context: dict, doctree: object) -> None:
    if "body" in context:
        body = REFERENCE.sub(r"\1", UNBREAKABLE.sub(r"\1", context["body"]))
        for markup, shorter in SHORTER.items():
            body = body.replace(markup, shorter)
        context["body"] = body


def setup(app: Sphinx) -> None:
    app.connect("html-page-context", drop_unused_markup)
