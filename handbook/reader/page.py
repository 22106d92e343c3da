"""The blocks of a built page, in the order in which a reader follows them."""

from dataclasses import dataclass
from pathlib import Path

from lxml import html

from handbook.paths import SITE

KINDS = ("file", "command", "transcript", "message")


@dataclass(frozen=True)
class Block:
    """What a reader does at one block of a page.

    kind: a "file" to write, a "command" to run, a "transcript" to compare or a "message" to expect. name: the file's.
    part: the name of the marked part, where it is not the whole file. variant: "broken", "form" or "".
    heading: the nearest one above. place: where it is on the page, for messages.
    """

    kind: str
    name: str
    text: str
    place: str
    part: str = ""
    variant: str = ""
    heading: str = ""


def find_blocks(language: str, page: str) -> list[Block]:
    """Return the blocks of a page such as "tutorial/first-deploy", without those in an admonition."""
    path = SITE / language / f"{page}.html"
    found: list[Block] = []
    heading = ""
    for element in html.parse(path, html.HTMLParser(encoding="utf-8")).iter("h1", "h2", "h3", "div"):
        classes = element.get("class", "").split()
        if element.tag != "div":
            heading = element.text_content().rstrip("¶")
        elif "literal-block-wrapper" in classes and not any(
            "admonition" in up.get("class", "") for up in element.iterancestors("div")
        ):
            kind = next(kind for kind in KINDS if kind in classes)
            part = next((name.removeprefix("part-") for name in classes if name.startswith("part-")), "")
            variant = next((name for name in ("broken", "form") if name in classes), "")
            name = "".join(element.xpath('.//span[@class="caption-text"]//code//text()'))
            text = element.find(".//pre").text_content()
            place = f"{Path(language, page)}, “{heading}”, block {len(found) + 1}: {name or kind}"
            found.append(Block(kind, name, text, place, part, variant, heading))
    return found
