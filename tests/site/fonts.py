"""Fonts that package.json pins, so that no test result depends on the fonts of this machine.

The site uses the reader's own sans-serif font. DejaVu Sans, as wide as Verdana, is the only one of many Linux systems,
and hardly any common font is wider. Hardly any is narrower than Roboto Condensed.
"""

from base64 import b64encode
from functools import cache

from playwright.sync_api import Page

from handbook.paths import ROOT

# The browser takes a letter that one font lacks from the next.
FONTS = {
    "wide": ("dejavu-sans-latin",),
    "narrow": ("roboto-condensed-latin", "roboto-condensed-latin-ext", "dejavu-sans-latin"),
}
CODE = "dejavu-mono-latin"
# Resolves when all fonts of the page are loaded.
READY = """async () => {
  document.body.getBoundingClientRect();
  await document.fonts.ready;
  const failed = [...document.fonts].filter((font) => font.status === "error");
  if (failed.length) throw new Error(`not a font: ${failed.map((font) => font.family)}`);
}"""


def make_font_face(font: str, weight: int) -> str:
    """Return an @font-face rule that embeds the font file."""
    package = font.partition("-latin")[0]
    path = ROOT / "node_modules" / "@fontsource" / package / "files" / f"{font}-{weight}-normal.woff2"
    assert path.is_file(), f"{path.relative_to(ROOT)} is missing: `make node_modules/ready` brings it"
    letters = b64encode(path.read_bytes()).decode()
    return f'@font-face {{ font-family: "{font}"; font-weight: {weight}; src: url(data:font/woff2;base64,{letters}) }}'


@cache
def make_style(width: str) -> str:
    """Return CSS that sets the fonts of FONTS in the two properties of the body from which Furo takes its fonts."""
    faces = [make_font_face(font, weight) for font in (*FONTS[width], CODE) for weight in (400, 700)]
    stack = ", ".join(f'"{font}"' for font in FONTS[width])
    body = f'body {{ --font-stack: {stack} !important; --font-stack--monospace: "{CODE}" !important }}'
    # Without transitions, everything is measured in its final place.
    return "\n".join([*faces, body, "* { transition: none !important; scroll-behavior: auto !important }"])


def use_font(page: Page, width: str) -> None:
    """Show a page in the "wide" or the "narrow" font."""
    page.add_style_tag(content=make_style(width))
    page.evaluate(READY)
