"""Style: English sentences that nobody has to read twice, and headings that name a thing."""

import re
from collections.abc import Iterator
from pathlib import Path

from handbook.checks import Finding, list_pages
from handbook.checks.prose import strip_markup
from handbook.data_files import read_text
from handbook.translation import catalogues

MAX_SENTENCE_WORDS = 30  # a code span counts as one word
# Not checked, because a drawing has a description of what it shows, which no reader sees.
DRAWINGS = "docs/_drawings/"
SENTENCE_BREAK = re.compile(r"(?<=[.!?:;])[*)\"]*\s+(?=[*(\"\[]*[A-Z])")
WORD = re.compile(r"\w+(?:[-'’./]\w+)*")
# "Check it" is allowed, because it is a part of every guide.
WEAK_ENDING = re.compile(
    r"^#+ (?!Check it$)(?:.*\W)?(it|them|this|that|these|those|of|to|for|with|from|at|by|off|about)$", re.IGNORECASE
)


def check_style(root: Path) -> Iterator[Finding]:
    yield from check_sentences(root)
    yield from check_headings(root)


def check_sentences(root: Path) -> Iterator[Finding]:
    for template in catalogues.load_templates(root).values():
        for message in template:
            source, line = message.locations[0] if message.id else (DRAWINGS, 0)
            if source.startswith(DRAWINGS):
                continue
            for sentence in SENTENCE_BREAK.split(strip_markup(str(message.id), "X")):
                if (count := len(WORD.findall(sentence))) > MAX_SENTENCE_WORDS:
                    start = " ".join(sentence.split()[:5])
                    advice = f'"{start} …" has {count} words: make two sentences of it.'
                    yield Finding(source, line, advice)


def check_headings(root: Path) -> Iterator[Finding]:
    for page in list_pages(root):
        for number, line in enumerate(read_text(root, Path("docs", page)).splitlines(), 1):
            if last := WEAK_ENDING.match(line):
                advice = f'this heading ends in "{last[1]}": end it in the name of the thing that it is about.'
                yield Finding(f"docs/{page.as_posix()}", number, advice)
