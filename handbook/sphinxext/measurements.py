"""The record of `make bench` on a page: as bars of a drawing, and as a table.

The directive ``measurements`` is the table of all ratios, and the sentence that says when and with what they were
measured. In a drawing, ``<g data-bars="wait"></g>`` becomes a bar for each setting of Gunicorn: see drawing.py.
"""

import re
from pathlib import Path

from babel.numbers import format_decimal
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.locale import _
from sphinx.util.docutils import SphinxDirective

from handbook.bench import record, setups
from handbook.bench.record import METRICS
from handbook.bench.setups import SETUPS
from handbook.data_files import find_line
from handbook.paths import ROOT
from handbook.sphinxext.tables import Cell, make_table, parse_sentences

# In units of the drawing: height of a row, end of its label, start and maximal width of its bar, start of its number.
ROW, LABEL, BAR, LONGEST, NUMBER = 52, 148, 156, 140, 302


def format_ratio(ratio: float, language: str) -> str:
    """Return a ratio with one decimal, in the number format of a language."""
    return "×" + format_decimal(round(ratio, 1), "0.0", locale=language.partition("_")[0])


def render_bars(root: Path, kind: str, language: str) -> str:
    """Return one line of SVG: a row for each setting of Gunicorn, compared by a kind of measurement."""
    found = record.load_record(root)
    compared = [setup for setup in SETUPS if "gunicorn" in setup.line]
    shown = [(setup.label, record.ratio_to_base(found, kind, setup.name)) for setup in compared]
    longest = max(ratio for _label, ratio in shown)
    rows = []
    for number, (label, ratio) in enumerate(shown):
        top = 2 + number * ROW
        rows.append(
            f'<foreignObject x="4" y="{top}" width="{LABEL - 4}" height="{ROW - 4}" class="end"><p>{label}</p>'
            f'</foreignObject><rect x="{BAR}" y="{top + 14}" width="{LONGEST * ratio / longest:.1f}" height="20"'
            f' fill-opacity="0.55"/><foreignObject x="{NUMBER}" y="{top}" width="54" height="{ROW - 4}">'
            f'<p translate="no">{format_ratio(ratio, language)}</p></foreignObject>'
        )
    return "".join(rows)


class Measurements(SphinxDirective):
    def run(self) -> list[nodes.Node]:
        root, language = Path(self.env.srcdir).parent, self.env.config.language
        self.env.note_dependency(str(root / record.FILE))
        found = record.load_record(root)
        module = Path(setups.__file__)
        text, source = module.read_text("utf-8"), root / module.relative_to(ROOT)
        located = ((one.label, source, find_line(text, rf'\s*Setup\("{one.name}"')) for one in SETUPS)
        labels = parse_sentences(self, located)
        rows: list[list[Cell]] = [
            [next(labels), *(format_ratio(record.ratio_to_base(found, kind, setup.name), language) for kind in METRICS)]
            for setup in SETUPS
        ]
        heads = [_("Setting"), _("Requests, if the app waits"), _("Requests, if it computes"), _("Memory")]
        programs = ", ".join(f"{name} {version}" for name, version in found["versions"].items())
        values = {"day": found["date"].isoformat(), "cores": str(found["cores"]), "programs": programs}
        sentence = _("Measured on %(day)s, on %(cores)s cores, with these versions: %(programs)s.")
        pieces = [
            nodes.inline("", values[piece], classes=["notranslate"]) if index % 2 else nodes.Text(piece)
            for index, piece in enumerate(re.split(r"%\((\w+)\)s", sentence))
        ]
        return [make_table(heads, rows), nodes.paragraph("", "", *pieces, translatable=False)]


def setup(app: Sphinx) -> None:
    app.add_directive("measurements", Measurements)
