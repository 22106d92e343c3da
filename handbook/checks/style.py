"""Style: English sentences that nobody has to read twice, and headings that name a thing."""

import re
from collections.abc import Iterator
from pathlib import Path

from handbook.checks import Finding, pages
from handbook.checks.prose import prose
from handbook.translation import catalogues

LONGEST = 30  # words of a sentence; what stands in code counts as one
# A drawing has a description of what it shows, which no reader sees.
NOT_READ = "docs/_drawings/"
SENTENCES = re.compile(r"(?<=[.!?:;])[*)\"]*\s+(?=[*(\"\[]*[A-Z])")
WORDS = re.compile(r"\w+(?:[-'’./]\w+)*")
# "Check it" is one of the parts that every guide has.
LAST = re.compile(
    r"^#+ (?!Check it$)(?:.*\W)?(it|them|this|that|these|those|of|to|for|with|from|at|by|off|about)$", re.IGNORECASE
)


def check(root: Path) -> Iterator[Finding]:
    yield from long_sentences(root)
    yield from headings(root)


def long_sentences(root: Path) -> Iterator[Finding]:
    try:
        templates = catalogues.templates(root)
    except catalogues.Unreadable:  # translation.check says which
        return
    for template in templates.values():
        for message in template:
            source, line = message.locations[0] if message.id else (NOT_READ, 0)
            for sentence in SENTENCES.split(prose(str(message.id), "X")) if not source.startswith(NOT_READ) else ():
                if (count := len(WORDS.findall(sentence))) > LONGEST:
                    start = " ".join(sentence.split()[:5])
                    advice = f'"{start} …" has {count} words: make two sentences of it.'
                    yield Finding(source, line, advice)


def headings(root: Path) -> Iterator[Finding]:
    for page in pages(root):
        for number, line in enumerate((root / "docs" / page).read_text("utf-8").splitlines(), 1):
            if last := LAST.match(line):
                advice = f'this heading ends in "{last[1]}": end it in the name of the thing that it is about.'
                yield Finding(f"docs/{page.as_posix()}", number, advice)
