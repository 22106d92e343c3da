"""The picture that social networks show for a link to a page: its title and the site's name, _cards/<page>.png.

It is drawn only if the address of the site is known (SITE_URL): without it, nothing can request the picture. The font
is that of the package fontpkg-inter, so that every machine draws the same. Each picture is cached beside the doctrees
under a hash of what it shows, and is not drawn again until that changes.
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
TITLE_SIZES = (88, 76, 64, 54, 46)  # in pixels: the title has the first in which it fits into MAX_LINES
MAX_LINES = 3
VERSION = "1"  # part of the cache key: change it to draw every picture again
NONCHARACTER = "\U0010fffe"  # a code point for which no font has a glyph


@cache
def load_font(size: int, weight: int) -> ImageFont.FreeTypeFont:
    """Return the font Inter in a size in pixels and a weight from 100 to 900."""
    path = package_folder("fontpkg_inter") / "files" / "Inter[opsz,wght].ttf"
    # Not the layout engine Raqm, which only some machines have, and which places the letters differently.
    found = ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)
    found.set_variation_by_axes([32, weight])
    return found


def wrap_title(text: str, face: ImageFont.FreeTypeFont) -> list[str]:
    """Return a text split into lines that fit the width of the picture; a wider word has a line of its own."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and face.getlength(longer) > WIDTH - 2 * MARGIN:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def fit_title(title: str) -> tuple[ImageFont.FreeTypeFont, list[str]]:
    """Return the largest font in which a title has at most MAX_LINES, and the lines; if none fits, cut the last."""
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
    for index, line in enumerate(lines):
        pen.text((MARGIN, top + index * step), line, fill=255, font=face)
    pen.rectangle((MARGIN, HEIGHT - 150, MARGIN + 72, HEIGHT - 144), fill=160)
    pen.text((MARGIN, HEIGHT - 124), site, fill=190, font=load_font(38, 500))
    # A palette of 16 colors from background to text replaces the gray levels, so that the file is small.
    image = image.point([level // 17 for level in range(256)])
    ends = [*zip(BACKGROUND_COLOR, TEXT_COLOR, strict=True)]
    image.putpalette([round(low + (high - low) * step / 15) for step in range(16) for low, high in ends])
    return image


@cache
def has_glyph(character: str) -> bool:
    """Return whether the font has a glyph for a character; if not, it draws the same box as for NONCHARACTER."""
    face = load_font(TITLE_SIZES[-1], 700)
    return bytes(face.getmask(character)) != bytes(face.getmask(NONCHARACTER))


def make_card(title: str, site: str, kept: Path) -> Path | None:
    """Return the path of a page's picture, 1200 by 630 pixels; draw it into the folder kept if it is not there yet.

    Return None if the font lacks a character of the title or of the site's name.
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
