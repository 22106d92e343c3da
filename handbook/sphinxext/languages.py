"""One site, several languages: each page links to its alternates, and the root page chooses a language.

The languages are English and every folder of locale/; there is no other list. locale/<language>/language.toml
says whether a language is finished. Until it is, the site offers it, and says on each incomplete page that it is.
"""

import json
import re
from collections.abc import Iterable
from pathlib import Path

from babel import Locale, UnknownLocaleError
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.locale import _

from handbook.data_files import DataError, find_key_line, load_toml, read_text
from handbook.paths import ROOT, site_url
from handbook.translation import messages

LANGUAGE_CODE = re.compile(r"[a-z]{2,3}(_[A-Z][a-z]{3})?(_[A-Z]{2})?")


def N_(message: str) -> str:
    """Return the message unchanged: the call marks it for `make po`, and it is translated where it is used."""
    return message


# Furo writes these into its page without marking them for translation.
FURO_LABELS = (
    N_("Toggle site navigation sidebar"),
    N_("Toggle table of contents sidebar"),
    N_("Toggle Light / Dark / Auto color theme"),
    N_("Contents"),
    N_("Menu"),
    N_("Expand"),
    N_("Light mode"),
    N_("Dark mode"),
    N_("Auto light/dark, in light mode"),
    N_("Auto light/dark, in dark mode"),
)
FURO_LABEL = re.compile(f'(aria-label="|<title>)({"|".join(FURO_LABELS)})(?=["<])')
# The elements in which Furo writes names, which programs that translate pages must leave alone.
FURO_NAMES = re.compile(r'(<div class="brand"|<span class="sidebar-brand-text"|<a href="[^"]+/pradyunsg/furo")')
SITE_NAME = N_("Flask on Heroku")
COPYRIGHT = N_("the contributors of Flask on Heroku. License: CC BY 4.0")
# sphinx-copybutton has its own labels in only six languages, so these are translated here.
COPY_BUTTON_LABELS = {
    "copy": N_("Copy"),
    "copy_to_clipboard": N_("Copy to clipboard"),
    "copy_success": N_("Copied!"),
    "copy_failure": N_("Failed to copy"),
}
# sphinx-copybutton keeps its labels in `messages`, and as <title> in its two icons.
COPY_BUTTON_SCRIPT = """for (const [name, word] of Object.entries(%s)) {
  [iconCopy, iconCheck] = [iconCopy, iconCheck].map((icon) => icon.replace(`>${messages[locale][name]}<`, `>${word}<`));
  messages[locale][name] = word;
}"""


def is_language_code(code: str) -> bool:
    """Return whether Babel knows a language by this code."""
    try:
        Locale.parse(code)
    except (ValueError, UnknownLocaleError):
        return False
    return bool(LANGUAGE_CODE.fullmatch(code))


def list_languages(root: Path = ROOT) -> dict[str, str]:
    """Return {code: name in that language}, English first. Raises DataError for a folder whose name is not a code."""
    codes = ["en", *sorted(folder.name for folder in (root / "locale").glob("*") if folder.is_dir())]
    for code in codes:
        if not is_language_code(code):
            advice = "this is not the code of a language, such as pt_BR: rename the folder."
            raise DataError(f"locale/{code}", 0, advice)
    names = {code: Locale.parse(code).get_display_name(code) or code for code in codes}
    return {code: name[0].upper() + name[1:] for code, name in names.items()}


def is_finished(code: str, root: Path = ROOT) -> bool:
    """Return whether a language is finished, so that it must be complete. Raises DataError if its file does not say."""
    file = f"locale/{code}/language.toml"
    found = load_toml(root, file) if (root / file).is_file() else {"finished": True}
    if not isinstance(found.get("finished"), bool):
        line = find_key_line(read_text(root, file), "finished") if found else 0
        raise DataError(file, line, "write finished = true, or finished = false.")
    return found["finished"]


def language_name(code: str) -> nodes.paragraph:
    """Return the name of a language in that language, with the class that marks it as such."""
    return nodes.paragraph("", list_languages()[code], classes=["notranslate", f"language-{language_tag(code)}"])


def language_tag(code: str) -> str:
    """Return the code of a language as HTML writes it: "pt-BR" for "pt_BR"."""
    return code.replace("_", "-")


def language_url(code: str) -> str:
    """Return the address of a language's folder with a trailing slash; "" if the site has no address."""
    return f"{site_url()}{code}/" if site_url() else ""


def list_alternates(pagename: str) -> list[dict[str, str]]:
    """Return code, tag, name, href (relative) and url (absolute if site_url() is known) of a page in each language."""
    up = "../" * (pagename.count("/") + 1)
    base = site_url() or up
    return [
        {"code": code, "tag": language_tag(code), "name": name, "href": f"{up}{page}", "url": f"{base}{page}"}
        for code, name in list_languages().items()
        for page in [f"{code}/{pagename}.html"]
    ]


def update_complete_pages(app: Sphinx, env: BuildEnvironment) -> Iterable[str]:
    """Store in which languages each page is complete; return those for which that changed, to be written again."""
    complete = {
        code: {*env.found_docs, "search"} if code == "en" else messages.find_complete_pages(env, code)
        for code in {*list_languages(), app.config.language}
    }
    changed = set()
    for page in {*env.found_docs, "search"}:
        now = {code: page in pages for code, pages in complete.items()}
        if env.metadata[page].get("complete") != now:
            env.metadata[page]["complete"] = now
            changed.add(page)
    return changed & env.found_docs


def add_alternates(app: Sphinx, pagename: str, templatename: str, context: dict, doctree: object) -> None:
    context["language"] = language_tag(app.config.language)
    context["alternates"] = list_alternates(pagename)
    complete = app.env.metadata.get(pagename, {}).get("complete", {})
    context["complete"] = {language_tag(code) for code, is_complete in complete.items() if is_complete}
    context["x_default"] = (site_url() or "../" * (pagename.count("/") + 1)) + (
        "index.html" if pagename == "index" else f"en/{pagename}.html"
    )


def mark_untranslated(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Mark each sentence without a translation as English, for screen readers."""
    if not app.env.metadata[page]["complete"][app.config.language]:
        for node in doctree.findall(nodes.Element):
            if node.get("translated") is False:
                node["classes"].append("language-en")


def fix_furo_markup(html: str) -> str:
    """Return Furo's HTML with its fixed labels translated, its names marked, and a level for its sidebar's headings."""
    html = FURO_NAMES.sub(r'\1 translate="no"', html)
    html = FURO_LABEL.sub(lambda found: found[1] + _(found[2]), html)
    return html.replace('role="heading"', 'role="heading" aria-level="2"')


def configure_theme(app: Sphinx) -> None:
    if app.builder.format != "html":
        return
    app.builder.templates.environment.filters["fix_furo_markup"] = fix_furo_markup
    app.config.html_title = app.config.html_title.replace(SITE_NAME, _(SITE_NAME))
    app.config.copyright = app.config.copyright.replace(COPYRIGHT, _(COPYRIGHT))
    if app.config.language != "en":
        copy = {key: _(word) for key, word in COPY_BUTTON_LABELS.items() if _(word) != word}
        app.add_js_file(None, body=COPY_BUTTON_SCRIPT % json.dumps(copy), priority=900)


def set_from_language(app: Sphinx, config: Config) -> None:
    """Set the config values that depend on the language: the address of its folder, and the words of the theme."""
    config.html_baseurl = language_url(config.language) or config.html_baseurl
    config.theme_words = messages.load_translations(messages.catalogue_folder(app.srcdir, config) / "sphinx.po")


def setup(app: Sphinx) -> None:
    app.add_config_value("theme_words", {}, "html")  # on every page: a change rewrites all of them
    app.connect("config-inited", set_from_language)
    app.connect("builder-inited", configure_theme)
    app.connect("env-updated", update_complete_pages)
    app.connect("doctree-resolved", mark_untranslated)
    app.connect("html-page-context", add_alternates)
