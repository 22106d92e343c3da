"""What programs read of a page: search engines, social networks, feed readers, language models.

The head of a page has its description and, if the address of the site is known (SITE_URL), its picture and its
schema.org data. Each page is also written as Markdown, beside its HTML. The folder of a language has llms.txt, a list
of its pages with their descriptions; llms-full.txt, all of them in one file; errors.json and facts.json.
"""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.locale import _

from handbook import facts, known_errors, site_files
from handbook.sphinxext import languages, markdown, search, social_cards
from handbook.translation import messages

MAX_DESCRIPTION = 160  # characters: search engines cut off a longer description
SENTENCE_BREAK = re.compile(r"(?<=[.!?])\s+")
LICENSE = "https://creativecommons.org/licenses/by/4.0/"


def shorten(text: str, length: int = MAX_DESCRIPTION) -> str:
    """Return the first sentences that fit into length; if the first alone is longer, its first words and "…"."""
    first, *others = SENTENCE_BREAK.split(" ".join(text.split()))
    if len(first) > length:
        return first[: length - 1].rpartition(" ")[0].rstrip(" ,;:.—-") + "…"
    for sentence in others:
        if len(first) + 1 + len(sentence) > length or sentence.endswith(":"):
            break
        first = f"{first} {sentence}"
    return first


def summarize(document: nodes.document) -> str:
    """Return the first sentences of a page outside blocks and lists; "" for a page without a sentence."""
    sentences: list[str] = []
    for paragraph in document.findall(nodes.paragraph):
        if isinstance(paragraph.parent, nodes.section):
            words = paragraph.astext().replace("\n", " ")
            label = paragraph.next_node(nodes.strong)
            # A label such as "What you get." is not part of a sentence, and a link alone is not a sentence.
            words = words.removeprefix(label.astext()) if label and label.astext().endswith(".") else words
            if words.endswith(":"):  # the sentence announces a block, which a description lacks
                words = " ".join(SENTENCE_BREAK.split(words)[:-1])
            sentences += [words] if words.endswith((".", "?", "!", "…", ")")) else []
    return shorten(" ".join(sentences[:3])) if sentences else ""


def collect_description(app: Sphinx, document: nodes.document) -> None:
    app.env.metadata[app.env.docname]["description"] = summarize(document)


def render_schema_org(page: str, base: str, context: dict) -> str:
    """Return the schema.org data of a page (JSON-LD), as the content of a <script>."""
    home = f"{base}index.html"
    article = {
        "@type": "TechArticle",
        "headline": context["plain_title"],
        "description": context["description"],
        "inLanguage": context["language"],
        "url": f"{base}{page}.html",
        "license": LICENSE,
        "isPartOf": {"@type": "WebSite", "name": context["site_name"], "url": home},
    }
    if context.get("changed_day"):
        article["dateModified"] = context["changed_day"]
    graph: list[dict] = [article]
    if page != "index":
        steps = [(context["site_name"], home), (context["plain_title"], f"{base}{page}.html")]
        items = [
            {"@type": "ListItem", "position": place, "name": name, "item": item}
            for place, (name, item) in enumerate(steps, 1)
        ]
        graph.append({"@type": "BreadcrumbList", "itemListElement": items})
    text = json.dumps({"@context": "https://schema.org", "@graph": graph}, ensure_ascii=False)
    return text.replace("<", "\\u003c")


def add_metadata(app: Sphinx, page: str, _template: str, context: dict, document: nodes.document | None) -> None:
    """Add the metadata of a page to the context of its head, and write the page as Markdown beside its HTML."""
    context["site_name"] = app.config.html_title
    context["moved"] = site_files.list_moved_anchors(page, app.config.redirects)
    if document is None or app.builder.name != "html":
        return
    context["plain_title"] = app.env.titles[page].astext()
    context["description"] = (
        app.env.metadata[page]["description"] or f"{context['plain_title']} - {context['site_name']}"
    )
    path = Path(app.outdir, f"{page}.md")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(markdown.render_markdown(document), "utf-8")
    if base := languages.language_url(app.config.language):
        context["page_url"] = f"{base}{page}.html"
        context["structured"] = render_schema_org(page, base, context)
        if drawn := social_cards.make_card(context["plain_title"], context["site_name"], Path(app.doctreedir, "cards")):
            place = Path(app.outdir, "_cards", f"{page}.png")
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(drawn, place)
            context["card"] = f"{base}_cards/{page}.png"


def list_sidebar_groups(env: BuildEnvironment) -> Iterator[tuple[str, list[str]]]:
    """Yield (caption, pages) for each group of the sidebar; before them the front page, after them all other pages."""
    front_page = env.config.root_doc
    yield "", [front_page]
    seen = {front_page}
    for tree in env.get_doctree(front_page).findall(addnodes.toctree):
        pages = [page for _title, page in tree["entries"] if page in env.found_docs and page not in seen]
        seen.update(pages)
        yield tree.get("caption") or "", pages
    yield "", sorted(env.found_docs - seen)


def render_llms_txt(app: Sphinx) -> str:
    """Return llms.txt of a language: https://llmstxt.org/."""
    env, base = app.env, languages.language_url(app.config.language)
    lines = [f"# {app.config.html_title}", "", f"> {env.metadata[env.config.root_doc]['description']}"]
    for caption, pages in list_sidebar_groups(env):
        if pages:
            lines += ["", f"## {caption}", ""] if caption else [""]
            lines += [
                f"- [{env.titles[page].astext()}]({base}{page}.md): {env.metadata[page]['description']}"
                for page in pages
            ]
    data = _("Data")
    lines += ["", f"## {data}", ""]
    names = {"errors.json": _("the error messages, with their causes"), "facts.json": _("the limits and prices")}
    names["llms-full.txt"] = _("all pages in one file")
    lines += [f"- [{name}]({base}{name}): {about}" for name, about in names.items()]
    return "\n".join(lines) + "\n"


def render_llms_full_txt(app: Sphinx) -> str:
    """Return llms-full.txt: every page as Markdown, in the order of the sidebar."""
    base = languages.language_url(app.config.language)
    found = []
    for _caption, pages in list_sidebar_groups(app.env):
        for page in pages:
            text = Path(app.outdir, f"{page}.md").read_text("utf-8")
            found.append(f"<!-- {base}{page}.html -->\n\n{markdown.rebase_links(text, page, base)}")
    return "\n".join(found)


def list_errors(app: Sphinx) -> list[dict]:
    """Return the entries of the errors page, with its texts in the language of the build."""
    parts = search.stored_parts(app.env).get(known_errors.PAGE, ())
    texts = {anchor: [search.insert_titles(app.env, text) for text in shown] for anchor, *shown in parts}
    base = languages.language_url(app.config.language)
    return [
        {
            "id": entry.id,
            "url": f"{base}{known_errors.PAGE}.html#{entry.id}",
            "title": texts[entry.id][0],
            "kind": entry.kind,
            "where": entry.where,
            "patterns": list(entry.patterns),
            "causes": texts[entry.id][1].splitlines(),
        }
        for entry in known_errors.load_errors(Path(app.srcdir).parent)
        if entry.id in texts
    ]


def list_facts(app: Sphinx) -> list[dict]:
    """Return the facts of docs/facts.toml, each part in the language of the build; the days as 2026-01-31."""
    folder = messages.catalogue_folder(app.srcdir, app.config)
    translated = messages.load_translations(folder / "reference" / "limits.po")
    translated |= messages.load_translations(folder / "facts.po")
    return [
        {"id": name} | {part: translated.get(str(fact[part])) or str(fact[part]) for part in facts.FIELDS}
        for name, fact in facts.load_facts(Path(app.srcdir).parent).items()
    ]


def write_data_files(app: Sphinx, error: Exception | None) -> None:
    if app.builder.name != "html" or error:
        return
    files = {"llms.txt": render_llms_txt(app), "llms-full.txt": render_llms_full_txt(app)}
    for name, data in {"errors.json": list_errors(app), "facts.json": list_facts(app)}.items():
        files[name] = json.dumps(data, ensure_ascii=False, indent=1) + "\n"
    for name, text in files.items():
        Path(app.outdir, name).write_text(text, "utf-8")


def setup(app: Sphinx) -> None:
    app.add_config_value("redirects", {}, "html")  # "html": if it changes, Sphinx writes every page again
    app.connect("doctree-read", collect_description)
    app.connect("html-page-context", add_metadata, priority=600)
    app.connect("build-finished", write_data_files)
