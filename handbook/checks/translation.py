"""Translation: every language is complete, valid, up to date with the English, and says the same things."""

import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from textwrap import shorten

import polib
from babel.messages.catalog import Catalog

from handbook import facts
from handbook.checks import Finding, list_pages
from handbook.checks.prose import ABBREVIATION, ROLE, is_copied, strip_markup
from handbook.programs import run_program
from handbook.sphinxext import languages
from handbook.translation import catalogues

MAX_QUOTED = 60  # characters of a sentence that an advice names
# The markup that a translation must keep unchanged, by its name in the advice.
MARKUP_PATTERNS = {
    "role": re.compile(rf"({ROLE}`[^`]*`)|`[^`]*`"),  # skips code such as `{name}`
    "code": re.compile(rf"{ROLE}`[^`]*`|(`[^`]+`)"),  # skips roles
    "link": re.compile(r"\]\(([^)]+)\)"),
    "address": re.compile(r"<(https?://[^>]+)>"),
    "substitution": facts.SUBSTITUTION,
    "number in braces": re.compile(r"\$\{\w+\}"),
}
# A sentence ends before a capital or at the end of the text: not in "3.14", "etc. and so on" or "…he said".
SENTENCE_END = re.compile(r"[.?!…]+[»”\"')*\]]*(?=\s+[«“¿¡(*\[]*[^\W_a-zà-ÿ]|\s*$)")
# Roles whose text is translated and whose target, in <...>, is not.
ROLE_WITH_TARGET = re.compile(rf"^({ROLE})`.*<([^>]+)>`$")


def check_syntax(root: Path) -> Iterator[Finding]:
    """Yield a finding for the first problem of each catalogue that cannot be parsed."""
    for path in sorted((root / "locale").rglob("*.po")):
        for line, advice in catalogues.find_problems(path):
            yield Finding(path.relative_to(root).as_posix(), line, advice)


def check_translation(root: Path) -> Iterator[Finding]:
    """Yield the findings of each catalogue for which check_syntax() has none."""
    unreadable = {finding.path for finding in check_syntax(root)}
    templates = catalogues.load_templates(root)
    names = {page.with_suffix("").as_posix() for page in list_pages(root)} | set(templates)
    for language in catalogues.list_target_languages(root):
        folder = root / "locale" / language / "LC_MESSAGES"
        for path in sorted(folder.rglob("*.po")):
            domain = path.relative_to(folder).with_suffix("").as_posix()
            relative = path.relative_to(root).as_posix()
            if domain not in names:
                yield Finding(
                    relative, 0, f"docs/{domain}.md does not exist: `git mv` the catalogue to the page's new name."
                )
                continue
            if relative not in unreadable:
                broken = list(run_msgfmt(root, relative))
                yield from broken or check_catalogue(root, relative, language, templates.get(domain))
        for name in sorted(names):
            if not (folder / f"{name}.po").is_file():
                yield Finding(
                    f"locale/{language}/LC_MESSAGES/{name}.po", 0, "is missing: run `make po`, then translate it."
                )


def run_msgfmt(root: Path, relative: str) -> Iterator[Finding]:
    """Yield a finding for each error that `msgfmt -c` prints."""
    command = ["msgfmt", "-c", "-o", "/dev/null", relative]
    result = run_program(command, cwd=root, capture_output=True, text=True, env=os.environ | {"LC_ALL": "C"})
    if result.returncode:
        for line in result.stderr.splitlines():
            match = re.match(r"[^:]+:(?P<line>\d+):(\d+:)? (?!warning:)(error: )?(?P<what>.+)", line)
            if match:
                yield Finding(relative, int(match["line"]), f"{match['what']} (msgfmt -c). Correct the entry by hand.")


def check_catalogue(root: Path, relative: str, language: str, template: Catalog | None) -> Iterator[Finding]:
    entries = polib.pofile(str(root / relative), wrapwidth=0)
    strict = languages.is_finished(language, root)
    known = {entry.msgid for entry in entries if not entry.obsolete}
    stale = False
    for message in template or ():
        if message.id and message.id not in known:
            stale = True
            source, line = message.locations[0] if message.locations else (relative, 0)
            yield Finding(
                source,
                line,
                f"{quote(str(message.id))} is not in {relative}: run `make po`, then translate it there.",
                language,
            )
    for entry in entries:
        if entry.obsolete:
            yield Finding.of_entry(relative, entry, f"{quote(entry.msgid)} is no longer in the English: run `make po`.")
        elif (entry.fuzzy or not entry.msgstr) and not strict:
            continue
        elif entry.fuzzy:
            yield Finding.of_entry(
                relative,
                entry,
                f'{quote(entry.msgid)} changed: correct msgstr, and delete the "fuzzy" and "#|" lines.',
            )
        elif not entry.msgstr:
            yield Finding.of_entry(relative, entry, f"{quote(entry.msgid)} is not translated: write msgstr.")
        else:
            yield from check_markup(relative, entry)
            yield from check_sentence_count(relative, entry)
    if template is None or stale or entries.obsolete_entries():
        return
    if catalogues.merge_template(root / relative, template, language) != (root / relative).read_bytes():
        yield Finding(relative, 0, "this catalogue is not laid out as `make po` writes it: run `make po`.")


def check_markup(relative: str, entry: polib.POEntry) -> Iterator[Finding]:
    """Yield a finding for each role, code span, link or substitution that only one of the two texts has."""
    for what, pattern in MARKUP_PATTERNS.items():
        english, translated = (
            Counter(role_target(piece) for piece in pattern.findall(text) if piece)
            for text in (entry.msgid, entry.msgstr)
        )
        for piece in (english - translated).elements():
            yield Finding.of_entry(relative, entry, f"the {what} {piece} of the English is missing: keep it as it is.")
        for piece in (translated - english).elements():
            yield Finding.of_entry(
                relative, entry, f"the {what} {piece} is not in the English: take it out, or correct it."
            )


def check_sentence_count(relative: str, entry: polib.POEntry) -> Iterator[Finding]:
    """Yield a finding for English left as it is, and for a sentence that was lost, added, joined or cut in two."""
    if is_copied(entry):
        yield Finding.of_entry(relative, entry, f"{quote(entry.msgid)} is still English: translate it.")
    english, translated = count_sentences(entry.msgid), count_sentences(entry.msgstr)
    if english != translated and " " in entry.msgid:  # a single word is skipped: "No." may be "N.º"
        advice = f"sentences: {translated}, in the English {english}: end the sentences in the same places."
        yield Finding.of_entry(relative, entry, advice)


def count_sentences(text: str) -> int:
    return len(SENTENCE_END.findall(ABBREVIATION.sub("x", strip_markup(text, "X"))))


def role_target(piece: str) -> str:
    match = ROLE_WITH_TARGET.match(piece)
    return f"{match[1]}<{match[2]}>" if match else piece


def quote(text: str) -> str:
    """Return the beginning of a sentence, in quotation marks."""
    return f'"{shorten(text, MAX_QUOTED, placeholder=" …")}"'
