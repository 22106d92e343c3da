"""What Heroku's Python buildpack reads from runtime.txt, .python-version and Pipfile.lock, whatever bytes they contain.

Source: heroku-buildpack-python v351, lib/python_version.sh. It reads with sed, Bash, `file` and jq, in a UTF-8
locale; this module treats unusual bytes as those programs do. One difference: in that locale Bash also accepts the
digits of other scripts, and then stops with an internal error; here they are not digits.
"""

import codecs
import json
import re
from pathlib import Path
from typing import Any, Literal

NUMBER = r"(0|[1-9][0-9]*)"
VERSION = re.compile(rf"{NUMBER}\.{NUMBER}(?:\.{NUMBER})?")
# What [[:space:]] of sed matches in the locale C.UTF-8; no-break spaces are not among them.
WHITESPACE = "\t\v\f\r \u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u2009\u200a\u2028\u2029\u205f\u3000"
# The bytes that `file` accepts as text (src/encoding.c): ASCII with its usual control characters and NEL; then Latin-1.
ASCII = frozenset([*range(7, 14), 27, *range(0x20, 0x7F), 0x85])
LATIN_1 = ASCII | {*range(0xA0, 0x100)}
ANY_ASCII = ASCII | {*range(0x80, 0x100)}
BYTE_ORDER_MARKS: dict[bytes, tuple[int, Literal["little", "big"]]] = {
    codecs.BOM_UTF32_LE: (4, "little"),
    codecs.BOM_UTF32_BE: (4, "big"),
    codecs.BOM_UTF16_LE: (2, "little"),
    codecs.BOM_UTF16_BE: (2, "big"),
}
UTF_7 = tuple(b"+/v" + bytes([last]) for last in b"89+/")


class InvalidJSON(Exception):
    """jq could not parse the file."""


def read_version_lines(path: Path) -> list[str]:
    """Return the lines that are neither empty nor comments, without the white space around them."""
    text = path.read_bytes().decode("utf-8", "surrogateescape").replace("\0", "␀")
    lines = (line.strip(WHITESPACE) for line in text.split("\n"))
    return [line for line in lines if line and not line.startswith("#")]


def is_in_another_encoding(content: bytes) -> bool:
    """Return whether `file` reports a text that the buildpack cannot read: neither ASCII nor UTF-8 without a BOM."""
    if len(content) == 1 or ASCII.issuperset(content):
        return content.startswith(UTF_7)
    if is_utf_8(content):
        return content.startswith(codecs.BOM_UTF8) and content != codecs.BOM_UTF8
    if any(is_utf_16_or_32(content, mark, *width) for mark, width in BYTE_ORDER_MARKS.items()):
        return True
    if ANY_ASCII.issuperset(content):  # "Non-ISO extended-ASCII text" passes for ASCII
        return LATIN_1.issuperset(content)
    return LATIN_1.issuperset(content.decode("cp037").encode("latin-1"))  # EBCDIC


def is_utf_8(content: bytes) -> bool:
    """Return whether the bytes are UTF-8 and not only ASCII; the last character may be incomplete."""
    try:
        characters = [ord(character) for character in codecs.getincrementaldecoder("utf-8")().decode(content)]
    except UnicodeDecodeError:
        return False
    return all(one in ANY_ASCII or one > 0xFF for one in characters) and max(characters, default=0) > 0x7F


def is_utf_16_or_32(content: bytes, mark: bytes, size: int, order: Literal["little", "big"]) -> bool:
    """Return whether the bytes are text in code units of `size` bytes, after the byte order mark `mark`."""
    units = [int.from_bytes(content[at : at + size], order) for at in range(size, len(content) - size + 1, size)]
    return content.startswith(mark) and all(unit in ANY_ASCII or (unit > 0xFF and unit != 0xFFFE) for unit in units)


def read_pipfile_lock_version(path: Path) -> str | None:
    """Return the version that the lock file requires, as jq prints it, None where it has none. Raises InvalidJSON."""
    printed = []
    for document in parse_json_documents(path.read_bytes().decode("utf-8", "replace").removeprefix("\ufeff")):
        try:
            full = get_member(document, "_meta", "requires", "python_full_version")
        except InvalidJSON:  # the operator // of jq then takes the alternative
            full = None
        wanted = full
        if full is None or full is False:
            wanted = get_member(document, "_meta", "requires", "python_version")
        printed.append(wanted if isinstance(wanted, str) else json.dumps(wanted))
    version = "\n".join(printed).replace("\0", "").rstrip("\n")  # as $(…) of Bash does
    return None if version == "null" else version


def parse_json_documents(text: str) -> list:
    """Return the JSON documents that follow one another in a text. Raises InvalidJSON."""
    decoder, documents, end = json.JSONDecoder(parse_constant=parse_constant), [], 0
    while (start := len(text) - len(text[end:].lstrip(" \t\r\n"))) < len(text):
        try:
            document, end = decoder.raw_decode(text, start)
        except (ValueError, RecursionError) as error:
            raise InvalidJSON(str(error)) from error
        documents.append(document)
    return documents


def get_member(document: Any, *names: str) -> Any:
    """Return document[name][name]…, None where one is missing. Raises InvalidJSON where a value is not an object."""
    for name in names:
        if document is None:
            return None
        if not isinstance(document, dict):
            raise InvalidJSON(f"{type(document).__name__} has no {name}")
        document = document.get(name)
    return document


def parse_constant(name: str) -> float:
    """Return Infinity, which jq reads though it is not JSON. Raises InvalidJSON for NaN."""
    if name == "NaN":
        raise InvalidJSON("NaN is not JSON")
    return float(name)
