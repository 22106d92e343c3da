"""docs/_drawings: every word of every drawing can be read, in each language, on a phone.

The page is opened in Chromium, which says how large each text came out.
"""

import re
from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

import pytest

from handbook.paths import ROOT, SITE

DRAWINGS = [path.stem for path in sorted((ROOT / "docs" / "_drawings").glob("*.svg"))]
LANGUAGES = sorted(folder.name for folder in SITE.iterdir() if (folder / "index.html").is_file())
SPARE = 0.05  # another browser has another font: each text may come out wider by this share, to each side
SMALLEST = 12  # pixels of a letter, on a phone
MEASURE = """svg => {
  const area = element => { const {x, y, width, height} = element.getBBox(); return [x, y, x + width, y + height] }
  return {
    frame: [0, 0, svg.viewBox.baseVal.width, svg.viewBox.baseVal.height],
    boxes: [...svg.querySelectorAll("rect")].map(area),
    texts: [...svg.querySelectorAll("text")].map(text => [text.textContent, area(text)]),
    letters: [...svg.querySelectorAll("text")].map(text => parseFloat(getComputedStyle(text).fontSize)),
    scale: svg.getBoundingClientRect().width / svg.viewBox.baseVal.width,
  }
}"""


class Area(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float

    def widened(self) -> "Area":
        spare = SPARE * (self.right - self.left)
        return self._replace(left=self.left - spare, right=self.right + spare)

    def holds(self, other: "Area") -> bool:
        starts = self.left <= other.left and self.top <= other.top
        return starts and other.right <= self.right and other.bottom <= self.bottom

    def meets(self, other: "Area") -> bool:
        beside = self.right <= other.left or other.right <= self.left
        return not beside and self.top < other.bottom and other.top < self.bottom

    def middle(self) -> "Area":
        x, y = (self.left + self.right) / 2, (self.top + self.bottom) / 2
        return Area(x, y, x, y)


def pages_of(name: str) -> list[str]:
    """Return the pages that show a drawing, such as "guides/console"."""
    docs = ROOT / "docs"
    shows = re.compile(rf"^ *```{{drawing}} {name}$", re.MULTILINE)
    found = [path for path in sorted(docs.rglob("*.md")) if shows.search(path.read_text("utf-8"))]
    return [path.relative_to(docs).with_suffix("").as_posix() for path in found]


@pytest.fixture
def measured(browser) -> Iterator:
    """Return measured("es", "checks"): where the texts and boxes of a drawing came out on a phone."""
    page = browser.new_page(viewport={"width": 390, "height": 844})

    def of(language: str, name: str) -> dict:
        page.goto((SITE / language / f"{pages_of(name)[0]}.html").as_uri())
        return page.locator(f"svg[aria-labelledby=drawing-{name}]").evaluate(MEASURE)

    yield of
    page.close()


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_page_shows_the_drawing_and_its_first_element_says_what_it_shows(name):
    svg = (ROOT / "docs" / "_drawings" / f"{name}.svg").read_text("utf-8")
    assert re.match(r"<svg [^>]+>\n<title>[^<]{40,}</title>", svg)
    assert pages_of(name)


def test_the_names_inside_a_drawing_are_its_own():
    """Two drawings may stand on one page: an id in both would be ambiguous."""
    ids = []
    for name in DRAWINGS:
        ids += re.findall(r'\bid="([^"]+)"', (ROOT / "docs" / "_drawings" / f"{name}.svg").read_text("utf-8"))
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", DRAWINGS)
def test_every_text_lies_inside_the_drawing_and_its_box_and_apart_from_the_others(measured, language, name):
    drawing = measured(language, name)
    frame, boxes = Area(*drawing["frame"]), [Area(*box) for box in drawing["boxes"]]
    texts = [(words, Area(*area).widened()) for words, area in drawing["texts"]]
    assert texts
    for words, area in texts:
        for box in [frame, *(box for box in boxes if box.holds(area.middle()))]:
            assert box.holds(area), f"“{words}” does not fit: {area} in {box}"
    for (words, area), (others, other) in combinations(texts, 2):
        assert not area.meets(other), f"“{words}” and “{others}” overlap: {area}, {other}"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", DRAWINGS)
def test_its_letters_are_large_enough_on_a_phone(measured, language, name):
    drawing = measured(language, name)
    assert min(drawing["letters"]) * drawing["scale"] >= SMALLEST
