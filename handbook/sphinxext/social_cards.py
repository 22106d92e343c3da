"""The picture of a page where somebody shares its link: its title and the name of the site, _cards/<page>.png.

It is drawn where the address of the site is known: nobody else can ask for it. The font is that of the package
fontpkg-inter, so that every machine draws the same. Each picture is kept beside the doctrees under what it shows, and
not drawn again while that stays.
"""

import hashlib
import os
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from handbook.paths import package_folder

SIZE = WIDTH, HEIGHT = 1200, 630
MARGIN = 90
# White on a darker blue than that of docs/_static/icon.svg.
TEXT_COLOR, BACKGROUND_COLOR = (255, 255, 255), (8, 42, 140)
TITLE_SIZES = (88, 76, 64, 54, 46)  # of the title, in pixels: the first in which it has three lines
MAX_LINES = 3
VERSION = "1"  # another one has every picture drawn anew
NONCHARACTER = "\U0010fffe"  # of which no font has a picture


@cache
def load_font(size: int, weight: int) -> ImageFont.FreeTypeFont:
    """Return Inter, of a size in pixels and a weight from 100 to 900."""
    path = package_folder("fontpkg_inter") / "files" / "Inter[opsz,wght].ttf"
    # Raqm, where a machine has it, would set the letters otherwise.
    found = ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)
    found.set_variation_by_axes([32, weight])
    return found


def wrap_title(text: str, face: ImageFont.FreeTypeFont) -> list[str]:
    """Return the lines of a text that are as wide as the picture allows; a longer word has a line of its own."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and face.getlength(longer) > WIDTH - 2 * MARGIN:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def fit_title(title: str) -> tuple[ImageFont.FreeTypeFont, list[str]]:
    """Return the largest font in which a title has few lines, and the lines; the last ends in … where it has more."""
    for size in TITLE_SIZES:
        face = load_font(size, 700)
        lines = wrap_title(title, face)
        if len(lines) <= MAX_LINES:
            return face, lines
    return face, [*lines[: MAX_LINES - 1], f"{lines[MAX_LINES - 1]} …"]


def draw_card(title: str, site: str) -> Image.Image:
    image = Image.new("L", SIZE, 0)
    pen = ImageDraw.Draw(image)
    face, lines = fit_title(title)
    step = int(face.size * 1.22)
    top = (HEIGHT - 120 - step * len(lines)) // 2
    for place, line in enumerate(lines):
        pen.text((MARGIN, top + place * step), line, fill=255, font=face)
    pen.rectangle((MARGIN, HEIGHT - 150, MARGIN + 72, HEIGHT - 144), fill=160)
    pen.text((MARGIN, HEIGHT - 124), site, fill=190, font=load_font(38, 500))
    # Gray levels become a row of sixteen colors between ground and ink: a small file.
    image = image.point([level // 17 for level in range(256)])
    ends = [*zip(BACKGROUND_COLOR, TEXT_COLOR, strict=True)]
    image.putpalette([round(low + (high - low) * step / 15) for step in range(16) for low, high in ends])
    return image


@cache
def has_glyph(character: str) -> bool:
    """Return whether the font has a letter; for one that it has not, it draws a box."""
    face = load_font(TITLE_SIZES[-1], 700)
    return bytes(face.getmask(character)) != bytes(face.getmask(NONCHARACTER))


def make_card(title: str, site: str, kept: Path) -> Path | None:
    """Return the picture of a page, 1200 by 630 pixels, drawn into a folder if it is not there yet.

    None where the font does not know the script of the language.
    """
    if not all(map(has_glyph, title + site)):
        return None
    key = hashlib.sha256("\0".join([VERSION, title, site]).encode()).hexdigest()[:24]
    path = kept / f"{key}.png"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(f".{os.getpid()}")
        draw_card(title, site).save(beside, "PNG", bits=4)
        os.replace(beside, path)
    return path
