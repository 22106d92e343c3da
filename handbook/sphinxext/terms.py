"""The glossary: words of each language from locale/<language>/terms.toml.

The directive ``terms`` is the table of all of them, each with the pages that use it most; the check in
handbook/checks/terms.py enforces them.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.locale import _
from sphinx.util.docutils import SphinxDirective

from handbook.data_files import DataError, find_key_line, is_text, is_text_list, load_toml, read_text
from handbook.sphinxext.languages import language_name, language_tag
from handbook.sphinxext.tables import Cell, make_link, make_table

MAX_PAGES = 3  # the most pages that are named for a term


def load_terms(root: Path, language: str) -> dict[str, dict]:
    """Return {"words": {English: {language: word, "avoid": […], "note": …}}, "names": {…}, "never": {…: instead},
    "numbers": {English: word}}.

    Raises DataError if terms.toml holds anything else.
    """
    file = f"locale/{language}/terms.toml"
    found: dict[str, dict] = {"words": {}, "names": {}, "never": {}, "numbers": {}} | load_toml(root, file)
    for line, advice in find_problems(found, read_text(root, file), language):
        raise DataError(file, line, advice)
    return found


def find_problems(found: dict, text: str, language: str) -> Iterator[tuple[int, str]]:
    """Yield (line, what is wrong and what to do) for each mistake in terms.toml; found: its data, text: its source."""
    for table, content in found.items():
        if table not in ("words", "names", "never", "numbers") or not isinstance(content, dict):
            advice = f"{table}: write the tables [words], [names], [numbers] and [never] here, and nothing else."
            yield find_key_line(text, table), advice
            return  # the checks below need valid tables
    patterns = [*found["never"]]
    for term, word in found["words"].items():
        if isinstance(word, dict) and language not in word:
            yield find_key_line(text, "words", term), f"{term} has no {language}: write it."
        elif not is_valid_word(word, language):
            advice = f'{term}: write {{ {language} = "…", avoid = ["…"], note = "…" }} here, the last two if they help.'
            yield find_key_line(text, "words", term), advice
        else:
            patterns += word.get("avoid", [])
    for name, other in found["names"].items():
        if not (is_text_list(other) if name == "added" else is_text(other)):
            advice = f'[names] {name}: write added = ["…"], or "{name}" = "what it becomes".'
            yield find_key_line(text, "names", name), advice
    for number, word in found["numbers"].items():
        if not is_text(word):
            yield find_key_line(text, "numbers", number), f'{number}: write what it is called, = "…".'
    for pattern, instead in found["never"].items():
        if not is_text(instead):
            yield find_key_line(text, "never", pattern), f'{pattern}: write what to write instead, = "…".'
    for pattern in patterns:
        try:
            re.compile(pattern)
        except re.error as error:
            yield 0, f"{pattern} is not a regular expression: {error}. Correct it there."


def is_valid_word(word: object, language: str) -> bool:
    """Return whether an entry of [words] is the word of the language, with patterns to avoid and a note or without."""
    if not isinstance(word, dict) or not word.keys() <= {language, "avoid", "note"}:
        return False
    return is_text_list(word.get("avoid", [])) and is_text(word[language]) and is_text(word.get("note", "-"))


def term_pattern(term: str) -> re.Pattern[str]:
    """Return a pattern that finds an English term: "deploy" in "deploys" and "deployed", not in "deployment"."""
    return re.compile(rf"\b{re.escape(term)}(?:s|es|d|ed|ing)?\b", re.IGNORECASE)


class Terms(SphinxDirective):
    def run(self) -> list[nodes.Node]:
        root = Path(self.env.srcdir).parent
        paths = sorted((root / "locale").glob("*/terms.toml"))
        for path in paths:
            self.env.note_dependency(str(path))
        vocabularies = {path.parent.name: load_terms(root, path.parent.name)["words"] for path in paths}
        terms = sorted({term for words in vocabularies.values() for term in words}, key=str.lower)
        texts = {page: read_text(root, f"docs/{page}.md") for page in sorted(self.env.found_docs)}
        heads: list[Cell] = [*map(language_name, ["en", *vocabularies]), _("Used on")]
        rows = []
        for term in terms:
            cells = [self.render_word(words.get(term, {}), language) for language, words in vocabularies.items()]
            rows.append([self.render_word({"en": term}, "en"), *cells, self.link_pages(term, texts)])
        glossary = make_table(heads, rows, terms)
        glossary["classes"].append("terms")
        return [glossary]

    @staticmethod
    def render_word(entry: dict, language: str) -> nodes.paragraph:
        """Return a word and its note, with *italics* and `code`."""
        paragraph = nodes.paragraph(classes=["notranslate", f"language-{language_tag(language)}"])
        text = entry.get(language, "") + (f" — {entry['note']}" if "note" in entry else "")
        for piece in re.split(r"(\*[^*]+\*|`[^`]+`)", text):
            bare = piece.strip("*`")
            kind = nodes.emphasis if piece.startswith("*") else nodes.literal if piece.startswith("`") else None
            paragraph += kind(bare, bare) if kind else nodes.Text(piece)
        return paragraph

    @staticmethod
    def link_pages(term: str, texts: dict[str, str]) -> nodes.paragraph:
        """Return links to the pages that use a term most."""
        counts = {page: len(term_pattern(term).findall(text)) for page, text in texts.items() if "glossary" not in page}
        paragraph = nodes.paragraph()
        for page in [page for page in sorted(counts, key=counts.__getitem__, reverse=True) if counts[page]][:MAX_PAGES]:
            paragraph += [nodes.Text(", " if len(paragraph) else ""), make_link(page)]
        return paragraph


def setup(app: Sphinx) -> None:
    app.add_directive("terms", Terms)
