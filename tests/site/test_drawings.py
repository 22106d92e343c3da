"""docs/_drawings: every word of every drawing can be read, in each language, on a phone.

Each label has a room, a <foreignObject>, in which the browser wraps it. Chromium lays the labels out in the widest and
in the narrowest common font, in each language and in an invented one, a third longer than English (`make pseudo`).
"""

import re
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Page

from handbook.paths import ROOT
from handbook.sphinxext import drawing
from handbook.translation.pseudolocale import CODE as ACCENTS
from tests.site import fonts
from tests.site.conftest import FOLDERS, PHONE_WIDTH

DRAWINGS = [path.stem for path in sorted((ROOT / "docs" / "_drawings").glob("*.svg"))]
SMALLEST = 12  # font size on a phone, in pixels
# Returns positions in units of the drawing's viewBox. The position of a label is that of its letters.
MEASURE = """svg => {
  const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width, corner = svg.getBoundingClientRect();
  const area = ({ left, top, right, bottom }) =>
    [left - corner.left, top - corner.top, right - corner.left, bottom - corner.top].map((edge) => edge / scale);
  const areas = (selector) => [...svg.querySelectorAll(selector)].map((shape) => area(shape.getBoundingClientRect()));
  const letters = (label) => {
    const range = document.createRange();
    range.selectNodeContents(label);
    return area(range.getBoundingClientRect());
  };
  const labels = [...svg.querySelectorAll("foreignObject > p")];
  return {
    frame: area(corner), boxes: areas("rect"), lines: areas("path:not(marker *)"), rooms: areas("foreignObject"),
    labels: labels.map((label) => [label.textContent, letters(label)]),
    letters: labels.map((label) => parseFloat(getComputedStyle(label).fontSize) * scale),
  };
}"""


class Area(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float

    def contains(self, other: "Area", spare: float = 0.5) -> bool:
        starts = self.left <= other.left + spare and self.top <= other.top + spare
        return starts and other.right <= self.right + spare and other.bottom <= self.bottom + spare

    def overlaps(self, other: "Area") -> bool:
        beside = self.right <= other.left or other.right <= self.left
        return not beside and self.top < other.bottom and other.top < self.bottom


def source(name: str) -> Path:
    return ROOT / "docs" / "_drawings" / f"{name}.svg"


def pages_of(name: str) -> list[str]:
    """Return the pages that show a drawing, such as "guides/console"."""
    docs = ROOT / "docs"
    shows = re.compile(rf"^ *```{{drawing}} {name}$", re.MULTILINE)
    found = [path for path in sorted(docs.rglob("*.md")) if shows.search(path.read_text("utf-8"))]
    return [path.relative_to(docs).with_suffix("").as_posix() for path in found]


def measure(window: Page, code: str, name: str, width: str) -> dict:
    """Return the positions of the lines, rooms and letters of a drawing on a phone, in a "wide" or "narrow" font."""
    window.set_viewport_size({"width": PHONE_WIDTH, "height": 800})
    window.goto((FOLDERS[code] / f"{pages_of(name)[0]}.html").as_uri())
    fonts.use_font(window, width)
    return window.locator(f"svg[aria-labelledby=drawing-{name}]").evaluate(MEASURE)


def find_room_lines(name: str) -> list[int]:
    """Return the line of each room in the file of a drawing; for a room in generated bars, that of <g data-bars>."""
    lines = drawing.load_drawing(source(name)).splitlines()
    return [number for number, line in enumerate(lines, 1) for _room in re.findall("<foreignObject ", line)]


def find_overflows(code: str, name: str, measured: dict) -> list[str]:
    """Return one sentence for each label that leaves its room: which, where, what to do."""
    catalogue = "the drawing" if code in ("en", ACCENTS) else f"locale/{code}/LC_MESSAGES/{pages_of(name)[0]}.po"
    found = []
    for line, room, (words, letters) in zip(find_room_lines(name), measured["rooms"], measured["labels"], strict=True):
        room, letters = Area(*room), Area(*letters)
        if not room.contains(letters):
            wide, high = letters.right - letters.left, letters.bottom - letters.top
            found.append(
                f"docs/_drawings/{name}.svg, line {line}: “{words}” ({code}) is {wide:.0f} wide, {high:.0f} high, its "
                f"room {room.right - room.left:.0f} and {room.bottom - room.top:.0f}: say it shorter in {catalogue}, "
                "or make the room larger."
            )
    return found


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_page_shows_the_drawing_and_its_first_element_says_what_it_shows(name):
    assert re.match(r"<svg [^>]+>\n<title>[^<]{40,}</title>", source(name).read_text("utf-8"))
    assert pages_of(name)


def test_the_names_inside_a_drawing_are_its_own():
    """Two drawings may stand on one page: an id in both would be ambiguous."""
    ids = [found for name in DRAWINGS for found in re.findall(r'\bid="([^"]+)"', source(name).read_text("utf-8"))]
    assert len(ids) == len(set(ids))


def test_words_that_do_not_wrap_are_refused_with_their_line():
    drawn = "<svg>\n<title>A box</title>\n{}\n</svg>"
    assert drawing.find_problem(drawn.format('<text x="1" y="1">a word</text>')).startswith(
        ", line 3: the words of <text>"
    )
    assert drawing.find_problem(drawn.format("<foreignObject><p>a word</p></foreignObject>")) == ""
    assert drawing.find_problem("<svg></svg>").startswith(" has no <title>")


@pytest.mark.parametrize("name", DRAWINGS)
def test_each_room_lies_inside_the_drawing_and_touches_no_line_and_no_other_room(shared_page, name):
    measured = measure(shared_page, "en", name, "wide")
    frame, all_rooms = Area(*measured["frame"]), [Area(*room) for room in measured["rooms"]]
    assert all_rooms
    for line, room in zip(find_room_lines(name), all_rooms, strict=True):
        where = f"docs/_drawings/{name}.svg, line {line}: the room"
        assert frame.contains(room), f"{where} leaves the drawing"
        for box in (Area(*box) for box in measured["boxes"]):
            assert box.contains(room) or not box.overlaps(room), f"{where} crosses the edge of the box {box}"
        for stroke in (Area(*stroke) for stroke in measured["lines"]):
            assert not room.overlaps(stroke), f"{where} lies on the line {stroke}"
    for one, other in combinations(all_rooms, 2):
        assert not one.overlaps(other), f"docs/_drawings/{name}.svg: two rooms overlap: {one}, {other}"


@pytest.mark.parametrize("width", fonts.FONTS)
@pytest.mark.parametrize("code", FOLDERS)
@pytest.mark.parametrize("name", DRAWINGS)
def test_every_label_fits_into_its_room_in_wide_and_in_narrow_letters(shared_page, name, code, width):
    faults = find_overflows(code, name, measure(shared_page, code, name, width))
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("name", DRAWINGS)
def test_letters_of_a_drawing_are_large_enough_on_a_phone(shared_page, name):
    assert min(measure(shared_page, "en", name, "narrow")["letters"]) >= SMALLEST


def test_a_label_that_leaves_its_room_is_named_with_its_file_and_what_to_do(shared_page):
    """The longest label, repeated four times, no longer fits its room."""
    assert not find_overflows("es", "push-to-dyno", measure(shared_page, "es", "push-to-dyno", "wide"))
    label = shared_page.locator("foreignObject > p", has_text="compilación")
    label.evaluate("label => { label.textContent += ` ${label.textContent}`.repeat(3) }")
    [fault] = find_overflows(
        "es", "push-to-dyno", shared_page.locator("svg[aria-labelledby=drawing-push-to-dyno]").evaluate(MEASURE)
    )
    found = r"docs/_drawings/push-to-dyno\.svg, line \d+: “compilación.+: say it shorter in (locale/es/\S+), "
    catalogue = re.match(found, fault)[1]
    assert "compilación" in (ROOT / catalogue).read_text("utf-8")


def test_the_fonts_of_the_tests_are_wide_and_narrow(shared_page):
    """The same words are more than 1.2 times as wide in one as in the other, whatever fonts this machine has."""
    widths = {}
    for width in fonts.FONTS:
        labels = measure(shared_page, "es", "push-to-dyno", width)["labels"]
        [widths[width]] = [area[2] - area[0] for words, area in labels if words == "tu commit"]
    assert widths["wide"] > 1.2 * widths["narrow"]
