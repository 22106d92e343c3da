"""The search: what the index holds, and the files that a browser needs to search in it.

An index of a language, _static/search-index.js, holds the parts of its pages: what stands under each heading, each
entry of a definition list, each row of the tables of ``ENTRY_TABLES``. The browser builds the real index from them
(docs/_static/search-engine.js, with MiniSearch), so that a word of a page and a word of a question go through the same
code. Sphinx's own search is switched off; from it come the stemmers and stop words of each language.

Each entry has an anchor, made from its English words: it is the same in every language.
"""

import json
import re
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path

from docutils import nodes
from sphinx import addnodes, search
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.environment import BuildEnvironment
from sphinx.transforms import SphinxTransform

from handbook.data_files import DataError, find_line, load_toml, read_text
from handbook.sphinxext import terms

INDEX = "search-index.js"
# Pages of which each row of a table is an entry, and the columns that say what it is: the others say where, since when.
ENTRY_TABLES = {"reference/glossary": slice(-1), "reference/limits": slice(2), "reference/variables": slice(3)}
# Pages whose words stand on other pages too, where they answer a question: only their headings are searched.
HEADINGS_ONLY = ("index", "about/", "reference/commands", "reference/versions")
# The last line of a guide has the words of another page.
NEXT_LINE = "Next:"
# Where to look without a search.
SUGGESTED_PAGES = [f"reference/{name}" for name in ("errors", "commands", "variables", "limits")]
SUGGESTED_PAGES += ["tutorial/first-deploy"]
SKIPPED_NODES = (
    nodes.caption,
    nodes.comment,
    nodes.raw,
    nodes.substitution_definition,
    nodes.system_message,
    addnodes.toctree,
)
STEMMERS = Path(search.__file__).parent / "minified-js"


class AssignAnchors(SphinxTransform):
    """Give each entry its anchor while it is still English; one that a directive has named keeps its name.

    The line that leads on to another page is marked, too.
    """

    default_priority = 15  # the translations come at 20

    def apply(self) -> None:
        taken = self.document.ids
        for node, words in find_entries(self.document, self.env.docname):
            name = nodes.make_id(words.astext()) or "entry"
            numbered = (f"{name}-{number}" for number in range(2, len(taken) + 3))
            # A row that a directive has named after its word may stand below an entry of the same name.
            named = [] if isinstance(node, nodes.row) and taken.keys() & set(node["ids"]) else node["ids"]
            own = (
                node.get("anchors")
                or named
                or [name if name not in taken else next(new for new in numbered if new not in taken)]
            )
            taken.update(dict.fromkeys(own, node))
            # A term that has an id already is translated as one of a glossary: each gets its own when that is done.
            node["anchors"] = own
        for paragraph in self.document.findall(nodes.paragraph):
            if paragraph.astext().startswith(NEXT_LINE):
                paragraph["classes"].append("next")


def find_entries(document: nodes.document, page: str) -> Iterator[tuple[nodes.Element, nodes.Element]]:
    """Yield (the node that has the anchor, the node that has the words) of each entry of a page."""
    for term in document.findall(nodes.term):
        yield term, term
    if page in ENTRY_TABLES:
        for body in document.findall(nodes.tbody):
            for row in body.findall(nodes.row):
                yield row, child_elements(row)[0]


def child_elements(node: nodes.Element) -> list[nodes.Element]:
    return [child for child in node.children if isinstance(child, nodes.Element)]


def env_parts(env: BuildEnvironment) -> dict[str, list[list[str]]]:
    """Return {page: its parts}, which Sphinx keeps with the environment."""
    return env.__dict__.setdefault("search_parts", {})


def extract_text(node: nodes.Node) -> str:
    """Return the text of a node; for a link that takes the title of its page, that page between two \\0."""
    classes = node["classes"] if isinstance(node, nodes.Element) else ()
    if isinstance(node, SKIPPED_NODES) or {"next", "file-tree"}.intersection(classes):
        return ""
    # Of a block, what a reader types: the text around a file says what it does.
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
    """Return [anchor, title, text] for each part of a page, in its order; the first has no anchor."""
    found: list[list[str]] = []
    named = {id(node): text for node, text in find_entries(document, page)}
    words_count = not page.startswith(HEADINGS_ONLY)

    def visit(node: nodes.Element, part: list[str]) -> None:
        for child in child_elements(node):
            if isinstance(child, nodes.section):
                begin(child["ids"][0] if part else "", extract_text(child[0]), child)
            elif isinstance(child, nodes.definition_list_item):
                text = "\n".join(map(extract_text, child.children[1:])) if words_count else ""
                found.append([entry_anchor(child), extract_text(child[0]), text])
            elif id(child) in named:
                cells = child.children[ENTRY_TABLES[page]][1:]
                text = " · ".join(map(extract_text, cells))
                found.append([child["ids"][0], extract_text(named[id(child)]), text])
            elif isinstance(child, nodes.thead | nodes.colspec | nodes.title):
                continue
            elif any(child.findall(lambda inner: id(inner) in named)):
                visit(child, part)
            elif part and words_count:
                part[2] = f"{part[2]}\n{extract_text(child)}".strip()

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
            node.parent.parent["ids"] = []  # the label before an entry is the entry's own anchor
    env_parts(app.env)[app.env.docname] = split_page(document, app.env.docname)


def purge_parts(_app: Sphinx, env: BuildEnvironment, page: str) -> None:
    env_parts(env).pop(page, None)


def merge_parts(_app: Sphinx, env: BuildEnvironment, _pages: Iterable[str], other: BuildEnvironment) -> None:
    env_parts(env).update(env_parts(other))


def find_stemmer(code: str) -> type[search.SearchLanguage]:
    """Return what Sphinx knows of a language: its stemmer and its stop words; those of English where it knows none."""
    found = search.languages.get(code.partition("_")[0], search.SearchEnglish)
    if isinstance(found, str):
        module, _dot, name = found.rpartition(".")
        found = getattr(import_module(module), name)
    return found if found.js_stemmer_rawcode else search.SearchEnglish


def load_vocabulary(root: Path, code: str) -> tuple[list[list[str]], list[str]]:
    """Return (groups of words that mean the same, words that say little) of docs/ or locale/<language>/synonyms.toml.

    Raises DataError where it holds anything else.
    """
    file = "docs/synonyms.toml" if code == "en" else f"locale/{code}/synonyms.toml"
    found = load_toml(root, file)
    text, groups, little = read_text(root, file), found.get("same", []), found.get("little", [])
    for key in found.keys() - {"same", "little"}:
        raise DataError(file, find_line(text, key), f'"{key}" is neither "same" nor "little": correct it.')
    if not isinstance(groups, list):
        raise DataError(file, find_line(text, "same"), 'write a list here: same = [["…", "…"]].')
    for key, words_of, least in [*(("same", group, 2) for group in groups), ("little", little, 0)]:
        if (
            not isinstance(words_of, list)
            or len(words_of) < least
            or not all(word and isinstance(word, str) for word in words_of)
        ):
            first = words_of[0] if isinstance(words_of, list) and words_of else words_of
            advice = f"write a list of words here, two or more in a group of {key!r}."
            raise DataError(file, find_line(text, f".*{re.escape(str(first))}"), advice)
    return groups, little


def merge_vocabularies(root: Path, code: str) -> tuple[list[list[str]], list[str]]:
    """Return the vocabulary of a language: the English one, its own, and what its glossary calls each English word."""
    groups, little = load_vocabulary(root, "en")
    if code == "en":
        return groups, little
    own, own_little = load_vocabulary(root, code)
    plain = re.compile(r"\(.*?\)|[*`]")
    glossary = terms.load_terms(root, code)["words"].items()
    named = [[english, *plain.sub("", word[code]).split("; ")] for english, word in glossary]
    return groups + own + named, little + own_little


def title_anchor(title: str) -> str:
    """Return the anchor that the browser makes of a title where the index has none (docs/_static/search-engine.js)."""
    return re.sub("[^a-z0-9]+", "-", title.lower()).strip("-")


def render_scripts(app: Sphinx) -> dict[str, str]:
    """Return {file: content}: the words of a language, and the index of its pages.

    They are scripts: a page that is read from a folder may not fetch data.
    """
    env, code = app.env, app.config.language
    titles = {page: env.titles[page].astext() for page in env_parts(env)}

    def insert_titles(text: str) -> str:
        return re.sub("\0(.*?)\0", lambda page: titles.get(page[1], ""), text)

    pages, found = sorted(env_parts(env)), []
    for number, page in enumerate(pages):
        for anchor, title, text in env_parts(env)[page]:
            title = insert_titles(title)
            found.append([number, None if anchor == title_anchor(title) else anchor, title, insert_titles(text)])
    kinds = [find_stemmer(code)] + ([search.SearchEnglish] if code != "en" else [])
    groups, little = merge_vocabularies(Path(app.srcdir).parent, code)
    index = {
        "pages": [[page, titles[page]] for page in pages],
        # By column: beside its like a text compresses better.
        "parts": dict(zip(("page", "anchor", "title", "text"), zip(*found, strict=True), strict=True)),
    }
    files = dict.fromkeys(["base-stemmer.js", *(kind.js_stemmer_rawcode for kind in kinds)])
    names = dict.fromkeys(f"new {kind.language_name}Stemmer()" for kind in kinds)
    code = "\n".join((STEMMERS / file).read_text("utf-8") for file in files)
    stop_words = to_json(sorted({*little}.union(*[kind.stopwords for kind in kinds])))
    language = f"{{ stemmers: [{', '.join(names)}], stopWords: {stop_words}, synonyms: {to_json(groups)} }}"
    return {
        "search-language.js": f"window.searchLanguage = (() => {{\n{code}\nreturn {language};\n}})();\n",
        INDEX: f"window.searchIndex = {to_json(index)};\n",
    }


def to_json(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def write_scripts(app: Sphinx, error: Exception | None) -> None:
    if app.builder.name == "html" and not error:
        for file, text in render_scripts(app).items():
            path = Path(app.outdir, "_static", file)
            if not path.is_file() or path.read_text("utf-8") != text:
                path.write_text(text, "utf-8")


def collect_search_page(app: Sphinx) -> Iterator[tuple[str, dict, str]]:
    if app.builder.name == "html":
        titles = {page: app.env.titles[page].astext() for page in SUGGESTED_PAGES if page in app.env.titles}
        yield "search", {"places": list(titles.items())}, "search.html"


def disable_sphinx_search(app: Sphinx) -> None:
    if isinstance(app.builder, StandaloneHTMLBuilder):
        app.builder.search = False  # Sphinx writes no index and no search page of its own


def setup(app: Sphinx) -> dict:
    app.add_transform(AssignAnchors)
    app.connect("builder-inited", disable_sphinx_search)
    app.connect("doctree-read", collect_parts)
    app.connect("env-purge-doc", purge_parts)
    app.connect("env-merge-info", merge_parts)
    app.connect("html-collect-pages", collect_search_page)
    app.connect("build-finished", write_scripts)
    # With another version, the next build reads every page anew.
    return {"env_version": 15, "parallel_read_safe": True, "parallel_write_safe": True}
