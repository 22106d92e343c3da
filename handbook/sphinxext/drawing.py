"""The directive ``drawing``: a figure of docs/_drawings, with its words in the language of the page.

::

    ```{drawing} push-to-dyno
    ```

puts push-to-dyno.svg into the page itself, so that its words are text: searched, copied, read aloud
and colored with the theme. Its first element is <title>, which says what the figure shows (the
alternative text). The browser wraps each label inside a box, whatever its font and language:

    <foreignObject x="11" y="8" width="338" height="40" class="middle"><p>your commit</p></foreignObject>

class="middle" and "end" align its lines, "bottom" puts them at the bottom of the box, "code" is for code.
The words in <title> and <p> are messages of the page, except those with translate="no": labels of a
screen, code, numbers. Lines and words are drawn in currentColor. tests/site/test_drawings.py measures
that each label fits into its box. The element

    <g data-bars="wait"></g>

is replaced by the bars of that kind of measurement, from the record of `make bench`: see measurements.py.
"""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from handbook.bench import record
from handbook.data_files import read_text
from handbook.sphinxext import measurements
from handbook.translation import messages

BARS = re.compile(r'<g data-bars="(\w+)"></g>')
TRANSLATABLE = re.compile(r'(<(?:title|p)\b(?![^>]*translate="no")[^>]*>)([^<>]*\w[^<>]*)(?=</)')


def load_drawing(path: Path, language: str = "en") -> str:
    """Return a drawing of docs/_drawings with its bars. Raises DataError if it or `make bench`'s record is invalid."""
    root = path.parents[2]
    return BARS.sub(lambda match: measurements.render_bars(root, match[1], language), read_text(root, path))


def split_messages(svg: str, path: Path) -> Iterator[nodes.Node]:
    """Yield the SVG of a drawing as text nodes, with each text to translate as a translatable_text node."""
    end = 0
    for match in TRANSLATABLE.finditer(svg):
        yield nodes.Text(svg[end : match.end(1)])
        line = svg[: match.start()].count("\n") + 1
        yield messages.translatable_text.create(unescape(match[2].strip()), path, line, markup=True)
        end = match.end()
    yield nodes.Text(svg[end:])


def find_problem(svg: str) -> str:
    """Return why a drawing cannot be shown, as the second half of a line that begins with its name; "" if it can."""
    if "<title>" not in svg:
        return " has no <title>: say in it what the figure shows."
    if found := re.search(r"<(?:text|tspan)\b", svg):
        return (
            f", line {svg[: found.start()].count(chr(10)) + 1}: the words of <text> do not wrap, and a longer "
            "translation leaves the figure. Write <foreignObject x=… y=… width=… height=…><p>words</p></foreignObject>."
        )
    return ""


class Drawing(SphinxDirective):
    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        root, name = Path(self.env.srcdir).parent, self.arguments[0]
        path = root / "docs" / "_drawings" / f"{name}.svg"
        if not path.is_file():
            raise self.error(f"docs/_drawings/{name}.svg does not exist: draw it, or correct its name here.")
        svg = load_drawing(path, self.env.config.language)
        if wrong := find_problem(svg):
            raise self.error(f"docs/_drawings/{name}.svg{wrong}")
        self.env.note_dependency(str(path))
        if BARS.search(read_text(root, path)):
            self.env.note_dependency(str(root / record.FILE))
        svg = svg.replace("<title>", f'<title id="drawing-{name}">', 1)
        svg = svg.replace("<svg ", f'<svg role="img" aria-labelledby="drawing-{name}" ', 1)
        return [nodes.raw("", "", *split_messages(f'<figure class="drawing">{svg}</figure>', path), format="html")]


def setup(app: Sphinx) -> None:
    app.add_directive("drawing", Drawing)
