"""A built page, as somebody who does what it says would read it: its blocks, in order."""

from dataclasses import dataclass
from pathlib import Path

from lxml import html

from tests import SITE


@dataclass(frozen=True)
class Block:
    """A "file" to write, a "command" to run or a "message" to expect; place is where it stands on the page."""

    kind: str
    name: str
    text: str
    place: str


def blocks(language: str, page: str) -> list[Block]:
    """Return the blocks of a page such as "tutorial/first-deploy"; those in a note are an aside, and left out."""
    path = SITE / language / f"{page}.html"
    found, heading = [], ""
    for element in html.parse(path, html.HTMLParser(encoding="utf-8")).iter("h1", "h2", "h3", "div"):
        classes = element.get("class", "").split()
        if element.tag != "div":
            heading = element.text_content().rstrip("¶")
        elif "literal-block-wrapper" in classes and not any(
            "admonition" in up.get("class", "") for up in element.iterancestors("div")
        ):
            kind = next(kind for kind in ("file", "command", "message") if kind in classes)
            name = "".join(element.xpath('.//span[@class="caption-text"]//code//text()'))
            text = element.find(".//pre").text_content()
            found.append(
                Block(kind, name, text, f"{Path(language, page)}, “{heading}”, block {len(found) + 1}: {name or kind}")
            )
    return found
