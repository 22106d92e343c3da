"""Numbers: each number of an English sentence is in its translation, and no other.

Numbers as digits, outside code and substitutions; each language writes thousands and decimals as CLDR says (1,000 and
1000, 99.5 and 99,5). Of the numbers as words, those in [numbers] of terms.toml must not be lost. A code that begins
with a letter (H10, UTF-16) is a name: see names.py. The filter "numbers" of translate-toolkit was tried: it looks from
the English to the translation only, and takes 1,000 for 10000.
"""

import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from babel.numbers import NumberFormatError, parse_decimal

from handbook.checks import Finding
from handbook.checks.prose import describe_difference, iterate_entries, strip_markup
from handbook.sphinxext import terms
from handbook.translation import catalogues

# 5000, 3.14, 1,000, 10 000 with any kind of space, the 2 of "2nd" and the 30 of "30s".
NUMBER = re.compile(r"\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?!\d)|\d+(?:[.,:]\d+)*")
# A word that begins with a letter, with the parts attached to it: H10, heroku-26, python3.14.
WORD = re.compile(r"(?<!\w)[^\W\d]\w*(?:[-.+@:]\w+)*")


def check_numbers(root: Path) -> Iterator[Finding]:
    for language in catalogues.list_target_languages(root):
        words = terms.load_terms(root, language)["numbers"]
        for path, entry in iterate_entries(root, language):
            if advice := compare_numbers(entry.msgid, entry.msgstr, language):
                yield Finding.of_entry(path, entry, advice)
            for word in find_missing_words(entry.msgid, entry.msgstr, words):
                yield Finding.of_entry(path, entry, f'"{word}" is missing: write «{words[word]}».')


def find_missing_words(english: str, translated: str, words: dict[str, str]) -> Iterator[str]:
    """Yield each number word of an English text whose translation is missing; Twelve-Factor is a name."""
    english, translated = strip_markup(english), strip_markup(translated)
    for word, other in words.items():
        if re.search(rf"(?i:\b{word}\b)(?!-[A-Z])", english) and not re.search(rf"(?i)\b{other}\b", translated):
            yield word


def compare_numbers(english: str, translated: str, language: str) -> str:
    """Return what to correct in the numbers of a translation, "" for nothing."""
    numbers = [Counter(NUMBER.findall(WORD.sub(" ", strip_markup(text)))) for text in (english, translated)]
    missing, added = numbers[0] - numbers[1], numbers[1] - numbers[0]
    # The numbers that are left are written differently: pair those with the same value.
    worth = {number: parse_number(number, language) for number in added}
    for number in list(missing.elements()):
        if same := next((other for other in added.elements() if worth[other] == parse_number(number, "en")), None):
            missing[number] -= 1
            added[same] -= 1
    advice = describe_difference(+added, +missing)
    return f"{advice}: {'copy the number' if +missing else 'take it out'}." if advice else ""


def parse_number(number: str, language: str) -> Decimal | str:
    """Return the value of a number as a language writes it; the text itself if it is not a number, such as 12:30."""
    digits = re.sub(r"[ \u00a0\u202f]", "", number)
    try:
        return parse_decimal(digits, locale=language, strict="." in digits or "," in digits)
    except NumberFormatError:
        return number
