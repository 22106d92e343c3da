"""The search: what the index holds, and the files that a browser needs to search in it.

The index of a language, _static/search-index.js, holds the parts of its pages: the text under each heading, each
entry of a definition list, each row of a table of ``ENTRY_TABLES``. The browser builds the inverted index from them
(docs/_static/search-engine.js, with MiniSearch), so that the same code processes the words of a page and of a query.
Sphinx's own search is switched off; only its stemmers and stop words of each language are used.

Each entry has an anchor made from its English words, so that it is the same in every language.
"""

import json
import re
from collections.abc import Iterator
from importlib import import_module
from itertools import chain, count
from pathlib import Path

from docutils import nodes
from sphinx import addnodes, search
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.environment import BuildEnvironment
from sphinx.transforms import SphinxTransform

from handbook.data_files import DataError, find_key_line, is_text_list, load_toml, read_text
from handbook.sphinxext import terms

INDEX = "search-index.js"
# Pages on which each row of a table is an entry, and its indexed columns; the others only say where or since when.
ENTRY_TABLES = {"reference/glossary": slice(-1), "reference/limits": slice(2), "reference/variables": slice(3)}
# Pages that repeat words of other pages, which answer a question better: only their headings are indexed.
HEADINGS_ONLY = ("index", "about/", "reference/commands", "reference/versions")
# The pages that are indexed with the first sentence of each paragraph. With all sentences, the index would be
# too large for a phone; the box for logs has those of the errors (known_errors.py).
FIRST_SENTENCES_ONLY = (
    *("explanation/", "guides/old-packages", "guides/practice", "guides/try"),
    *("reference/errors", "reference/glossary", "tutorial/"),
)
SENTENCE_BREAK = re.compile("(?<=[.!?]) ")
# The anchors of parts that tell no more than what the parts above have done: only their headings are indexed.
HEADING_ONLY_PARTS = {"check-it"}
# Of a table in a part whose anchor ends like this, only the first column is indexed: what readers see.
SYMPTOMS_SUFFIX = "-fails"
# Paragraphs that start like this have the words of other pages, to which they link: they are not indexed.
LINKING_PARAGRAPHS = ("Before you start.", "Next:")
# The search page links to these as long as it shows no results.
SUGGESTED_PAGES = [f"reference/{name}" for name in ("errors", "commands", "variables", "limits")]
SUGGESTED_PAGES += ["tutorial/first-deploy"]
SKIPPED_NODES = (
    nodes.caption,
    nodes.comment,
    nodes.raw,
    nodes.substitution_definition,
    nodes.system_message,
    nodes.thead,
    addnodes.toctree,
)
STEMMERS = Path(search.__file__).parent / "minified-js"


class AssignAnchors(SphinxTransform):
    """Set the anchor of each entry from its English words, before they are translated; keep one that a directive set.

    A paragraph that starts like one of LINKING_PARAGRAPHS gets the class "not-indexed".
    """

    default_priority = 15  # before Sphinx's transform that translates, which has priority 20

    def apply(self) -> None:
        taken = self.document.ids
        for node, words in find_entries(self.document, self.env.docname):
            name = nodes.make_id(words.astext()) or "entry"
            names = chain([name], (f"{name}-{number}" for number in count(2)))
            # The id that a directive has set on a row may be taken by an entry above: then the row gets a numbered one.
            named = [] if isinstance(node, nodes.row) and taken.keys() & set(node["ids"]) else node["ids"]
            own = node.get("anchors") or named or [next(new for new in names if new not in taken)]
            taken.update(dict.fromkeys(own, node))
            # Not "ids" yet, because Sphinx translates a term with ids as one of a glossary: collect_parts() sets them.
            node["anchors"] = own
        for paragraph in self.document.findall(nodes.paragraph):
            if paragraph.astext().startswith(LINKING_PARAGRAPHS):
                paragraph["classes"].append("not-indexed")


def find_entries(document: nodes.document, page: str) -> Iterator[tuple[nodes.Element, nodes.Element]]:
    """Yield (node that gets the anchor, node with the words that name the entry) for each entry of a page."""
    for term in document.findall(nodes.term):
        yield term, term
    if page in ENTRY_TABLES:
        for body in document.findall(nodes.tbody):
            for row in body.findall(nodes.row):
                yield row, child_elements(row)[0]


def extract_symptoms(part: nodes.Element) -> str:
    """Return the text of a part of a page; of its tables, only the first column."""
    if isinstance(part, nodes.table):
        rows = [row for body in part.findall(nodes.tbody) for row in child_elements(body)]
        return "\n".join(extract_text(child_elements(row)[0]) for row in rows)
    return extract_text(part)


def child_elements(node: nodes.Element) -> list[nodes.Element]:
    return [child for child in node.children if isinstance(child, nodes.Element)]


def stored_parts(env: BuildEnvironment) -> dict[str, list[list[str]]]:
    """Return {page: its parts}, as collect_parts() has stored them."""
    return {page: stored["search_parts"] for page, stored in env.metadata.items() if "search_parts" in stored}


def extract_text(node: nodes.Node) -> str:
    """Return the text of a node; for a link that is shown as the title of its page, that page between two \\0."""
    classes = node["classes"] if isinstance(node, nodes.Element) else ()
    if isinstance(node, SKIPPED_NODES) or {"not-indexed", "file-tree"}.intersection(classes):
        return ""
    # Of a block, only typed commands are indexed: what a file does is said in the text around it.
    if isinstance(node, nodes.literal_block):
        lines = node.astext().splitlines() if node.get("language") in ("bash", "console") else []
        typed = [line for line in lines if node["language"] == "bash" or line.startswith("$ ")]
        return "\n".join(line for line in typed if not line.startswith("#"))
    if isinstance(node, addnodes.pending_xref) and not node["refexplicit"] and node["reftype"] == "doc":
        return f"\0{node['reftarget'].lstrip('/')}\0"
    if not node.children:
        return node.astext()
    between = " · " if isinstance(node, nodes.row) else "\n" if isinstance(node, nodes.definition_list_item) else ""
    if not between and not isinstance(node, nodes.TextElement):
        between = "\n"
    return between.join(filter(None, map(extract_text, node.children)))


def split_page(document: nodes.document, page: str) -> list[list[str]]:
    """Return [anchor, title, text] for each part of a page, in page order; the anchor of the first is ""."""
    found: list[list[str]] = []
    named = {id(node): text for node, text in find_entries(document, page)}
    index_text = not page.startswith(HEADINGS_ONLY)

    def visit(node: nodes.Element, part: list[str]) -> None:
        for child in child_elements(node):
            if isinstance(child, nodes.section):
                begin(child["ids"][0] if part else "", extract_text(child[0]), child)
            elif isinstance(child, nodes.definition_list_item):
                text = "\n".join(map(extract_text, child.children[1:])) if index_text else ""
                found.append([entry_anchor(child), extract_text(child[0]), text])
            elif id(child) in named:
                cells = child.children[ENTRY_TABLES[page]][1:]
                text = " · ".join(map(extract_text, cells))
                found.append([child["ids"][0], extract_text(named[id(child)]), text])
            elif isinstance(child, nodes.title):
                continue
            elif any(child.findall(lambda inner: id(inner) in named)):
                visit(child, part)
            elif part and index_text and part[0] not in HEADING_ONLY_PARTS:
                text = extract_symptoms(child) if part[0].endswith(SYMPTOMS_SUFFIX) else extract_text(child)
                part[2] = f"{part[2]}\n{text}".strip()

    def begin(anchor: str, title: str, section: nodes.section) -> None:
        part = [anchor, title, ""]
        found.append(part)
        visit(section, part)

    visit(document, [])
    return found


def entry_anchor(item: nodes.definition_list_item) -> str:
    """Return the label before an entry, such as (h10)=, or else the anchor of its term."""
    labels = item.parent["ids"] if len(item.parent) == 1 else []
    return [*labels, *child_elements(item)[0]["ids"]][0]


def collect_parts(app: Sphinx, document: nodes.document) -> None:
    for node, _words in find_entries(document, app.env.docname):
        node["ids"] = node["anchors"]
        if isinstance(node, nodes.term) and node["ids"] == node.parent.parent["ids"]:
            node.parent.parent["ids"] = []  # the term has the label before it as its id now, and an id must be unique
    app.env.metadata[app.env.docname]["search_parts"] = split_page(document, app.env.docname)


def find_stemmer(code: str) -> type[search.SearchLanguage]:
    """Return Sphinx's class with the stemmer and stop words of a language; that of English if it has no stemmer."""
    found = search.languages.get(code.partition("_")[0], search.SearchEnglish)
    if isinstance(found, str):
        module, _dot, name = found.rpartition(".")
        found = getattr(import_module(module), name)
    return found if found.js_stemmer_rawcode else search.SearchEnglish


def load_vocabulary(root: Path, code: str) -> tuple[list[list[str]], list[str]]:
    """Return (groups of synonyms, additional stop words) from docs/synonyms.toml or locale/<language>/synonyms.toml.

    Raises DataError if it holds anything else.
    """
    file = "docs/synonyms.toml" if code == "en" else f"locale/{code}/synonyms.toml"
    found = load_toml(root, file)
    text, groups, stop_words = read_text(root, file), found.get("same", []), found.get("stop_words", [])
    for key in found.keys() - {"same", "stop_words"}:
        raise DataError(file, find_key_line(text, key), f'"{key}" is neither "same" nor "stop_words": correct it.')
    if not isinstance(groups, list):
        raise DataError(file, find_key_line(text, "same"), 'write a list here: same = [["…", "…"]].')
    for key, words_of, least in [*(("same", group, 2) for group in groups), ("stop_words", stop_words, 0)]:
        if not is_text_list(words_of) or len(words_of) < least:
            first = words_of[0] if isinstance(words_of, list) and words_of else words_of
            advice = f"write a list of words here, two or more in a group of {key!r}."
            raise DataError(file, find_key_line(text, key, said=str(first)), advice)
        plain = [word.casefold() for word in words_of]
        if twice := next((word for word in plain if plain.count(word) > 1), None):
            line = find_key_line(text, key, said='", "'.join(words_of))
            raise DataError(file, line, f'"{twice}" is twice in a group of {key!r}: delete one of the two.')
    return groups, stop_words


def merge_vocabularies(root: Path, code: str) -> tuple[list[list[str]], list[str]]:
    """Return the vocabulary of a language: the English one, its own, and the pairs of its glossary as synonyms."""
    groups, stop_words = load_vocabulary(root, "en")
    if code == "en":
        return groups, stop_words
    own, own_stop_words = load_vocabulary(root, code)
    plain = re.compile(r"\(.*?\)|[*`]")
    glossary = terms.load_terms(root, code)["words"].items()
    named = [[english, *plain.sub("", word[code]).split("; ")] for english, word in glossary]
    return groups + own + named, stop_words + own_stop_words


def insert_titles(env: BuildEnvironment, text: str) -> str:
    """Return a text of extract_text() with the titles of the pages that it links to."""
    return re.sub("\0(.*?)\0", lambda page: env.titles[page[1]].astext() if page[1] in env.titles else "", text)


def keep_first_sentences(text: str) -> str:
    """Return the first sentence of each line."""
    return "\n".join(SENTENCE_BREAK.split(line)[0] for line in text.split("\n"))


def title_anchor(title: str) -> str:
    """Return the anchor that docs/_static/search-engine.js makes from a title if the index has null."""
    return re.sub("[^a-z0-9]+", "-", title.lower()).strip("-")


def render_scripts(app: Sphinx) -> dict[str, str]:
    """Return {file: content}: stemmers, stop words and synonyms of a language, and the index of its pages.

    They are scripts, because a page that is opened from a folder (file://) may not fetch data.
    """
    env, code = app.env, app.config.language
    parts, found = stored_parts(env), []
    pages = sorted(parts)
    for number, page in enumerate(pages):
        for anchor, title, text in parts[page]:
            title = insert_titles(env, title)
            text = insert_titles(env, keep_first_sentences(text) if page.startswith(FIRST_SENTENCES_ONLY) else text)
            found.append([number, None if anchor == title_anchor(title) else anchor, title, text])
    kinds = [find_stemmer(code)] + ([search.SearchEnglish] if code != "en" else [])
    groups, stop_words = merge_vocabularies(Path(app.srcdir).parent, code)
    index = {
        "pages": [[page, env.titles[page].astext()] for page in pages],
        # One list for each field, not for each part: similar texts side by side compress better.
        "parts": dict(zip(("page", "anchor", "title", "text"), zip(*found, strict=True), strict=True)),
    }
    files = dict.fromkeys(["base-stemmer.js", *(kind.js_stemmer_rawcode for kind in kinds)])
    names = dict.fromkeys(f"new {kind.language_name}Stemmer()" for kind in kinds)
    code = "\n".join((STEMMERS / file).read_text("utf-8") for file in files)
    ignored = to_json(sorted({*stop_words}.union(*[kind.stopwords for kind in kinds])))
    language = f"{{ stemmers: [{', '.join(names)}], stopWords: {ignored}, synonyms: {to_json(groups)} }}"
    return {
        "search-language.js": f"window.searchLanguage = (() => {{\n{code}\nreturn {language};\n}})();\n",
        INDEX: f"window.searchIndex = {to_json(index)};\n",
    }


def to_json(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def write_scripts(app: Sphinx, error: Exception | None) -> None:
    if app.builder.name == "html" and not error:
        for file, text in render_scripts(app).items():
            Path(app.outdir, "_static", file).write_text(text, "utf-8")


def collect_search_page(app: Sphinx) -> Iterator[tuple[str, dict, str]]:
    if app.builder.name == "html":
        titles = {page: app.env.titles[page].astext() for page in SUGGESTED_PAGES if page in app.env.titles}
        yield "search", {"places": list(titles.items())}, "search.html"


def disable_sphinx_search(app: Sphinx) -> None:
    if isinstance(app.builder, StandaloneHTMLBuilder):
        app.builder.search = False  # Sphinx writes no index and no search page of its own


def setup(app: Sphinx) -> None:
    app.add_transform(AssignAnchors)
    app.connect("builder-inited", disable_sphinx_search)
    app.connect("doctree-read", collect_parts)
    app.connect("html-collect-pages", collect_search_page)
    app.connect("build-finished", write_scripts)
