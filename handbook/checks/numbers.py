"""Numbers: each number of an English sentence is in its translation, and no other.

Numbers as digits, outside code and substitutions; each language writes thousands and decimals as CLDR says (1,000 and
1000, 99.5 and 99,5). A code that begins with a letter (H10, UTF-16) is a name: see names.py. The filter "numbers" of
translate-toolkit was tried: it looks from the English to the translation only, and takes 1,000 for 10000.
"""

import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from babel.numbers import NumberFormatError, parse_decimal

from handbook.checks import Finding
from handbook.checks.prose import prose, quoted_list, translations
from handbook.translation import catalogues

# 5000, 3.14, 1,000, 10 000 with any kind of space, the 2 of "2nd" and the 30 of "30s".
NUMBER = re.compile(r"\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?!\d)|\d+(?:[.,:]\d+)*")
# A word that begins with a letter, with what hangs on it: H10, heroku-26, python3.14.
WORD = re.compile(r"(?<!\w)[^\W\d]\w*(?:[-.+@:]\w+)*")


def check(root: Path) -> Iterator[Finding]:
    for language in catalogues.languages(root):
        for path, entry in translations(root, language):
            if advice := difference(entry.msgid, entry.msgstr, language):
                yield Finding(path, entry.linenum or 0, advice)


def difference(english: str, translated: str, language: str) -> str:
    """Return what to correct in the numbers of a translation, "" for nothing."""
    numbers = [Counter(NUMBER.findall(WORD.sub(" ", prose(text)))) for text in (english, translated)]
    missing, added = numbers[0] - numbers[1], numbers[1] - numbers[0]
    # What is left is spelled otherwise: is it worth the same?
    worth = {number: value(number, language) for number in added}
    for number in list(missing.elements()):
        if same := next((other for other in added.elements() if worth[other] == value(number, "en")), None):
            missing[number] -= 1
            added[same] -= 1
    advice = quoted_list(+added, +missing)
    return f"{advice}: {'copy the number' if +missing else 'take it out'}." if advice else ""


def value(number: str, language: str) -> Decimal | str:
    """Return what a number is worth in a language; its own spelling where it is none, such as 12:30."""
    digits = re.sub(r"[ \u00a0\u202f]", "", number)
    try:
        return parse_decimal(digits, locale=language, strict="." in digits or "," in digits)
    except NumberFormatError:
        return number
