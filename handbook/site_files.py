"""Write the files at the root of the site: index.html, 404.html, sitemap.xml, robots.txt, llms.txt and redirects.

index.html sends readers to their language; 404.html has a search box for each language. sitemap.xml lists every page
that search engines should index, according to the head of the page itself, and needs the address of the site
(SITE_URL). robots.txt names the sitemap, and llms.txt links to that of each language. The old addresses of pages and
anchors redirect as docs/redirects.toml says.

Run ``python -m handbook.site_files _build/html`` after every language is built.
"""

import json
import re
import sys
from collections.abc import Callable
from html import escape, unescape
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree

from jinja2 import Environment, FileSystemLoader

from handbook.data_files import DataError, find_key_line, load_toml, read_text
from handbook.paths import ROOT, site_url
from handbook.sphinxext import languages
from handbook.translation import messages

REDIRECTS = "docs/redirects.toml"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
XHTML = "http://www.w3.org/1999/xhtml"
ALTERNATE = re.compile(r'<link rel="alternate" hreflang="([\w-]+)" href="([^"]+)">')
CHANGED_DAY = re.compile(r'<p class="page-foot">[^<]*<time datetime="([\d-]+)"')
REDIRECT_PAGE = """<!doctype html>
<html lang="{language}">
<meta charset="utf-8">
<meta name="robots" content="noindex">
<title>{title}</title>
<link rel="canonical" href="{canonical}">
<meta http-equiv="refresh" content="0; url={href}">
<script>location.replace({anchors}[location.hash] || "{path}" + (location.hash || "{hash}"))</script>
<a href="{href}">{title}</a>
"""


def load_redirects(root: Path = ROOT) -> dict[str, str]:
    """Return docs/redirects.toml: {old page or page#anchor: new one}. Raises DataError for an invalid one."""
    found, text = load_toml(root, REDIRECTS), read_text(root, REDIRECTS)
    for old, new in found.items():
        page, new_page = old.partition("#")[0], str(new).partition("#")[0]
        line = find_key_line(text, old)
        if (root / "docs" / f"{old}.md").is_file():
            raise DataError(REDIRECTS, line, f"{old} is a page that there is: take the line out.")
        if not (root / "docs" / f"{new_page}.md").is_file():
            raise DataError(
                REDIRECTS, line, f"{old} leads to {new_page}, and docs/{new_page}.md does not exist: correct it."
            )
        if "#" in old and page not in found and not (root / "docs" / f"{page}.md").is_file():
            raise DataError(REDIRECTS, line, f"{old} is on {page}, which is no page: add a line for {page} too.")
    return found


def list_moved_anchors(page: str, known: dict[str, str]) -> dict[str, str]:
    """Return {"#old": new address, relative to the page} for the anchors that a page no longer has."""
    up = "../" * page.count("/")
    found = {}
    for old, new in known.items():
        old_page, mark, anchor = old.partition("#")
        if mark and old_page == page:
            path, new_mark, part = new.partition("#")
            found[f"#{anchor}"] = f"{up}{path}.html{new_mark}{part}"
    return found


def write_redirects(folder: Path, root: Path = ROOT) -> None:
    """Write a page at each old address of a page, in every language, that redirects to the new one."""
    known = load_redirects(root)
    for code in languages.list_languages(root):
        for old, new in known.items():
            if "#" not in old:
                page, mark, part = new.partition("#")
                path = f"{'../' * old.count('/')}{page}.html"
                base = languages.language_url(code)
                text = REDIRECT_PAGE.format(
                    language=languages.language_tag(code),
                    title=read_title(folder / code / f"{page}.html"),
                    canonical=escape(f"{base}{page}.html" if base else path),
                    href=escape(f"{path}{mark}{part}"),
                    path=path,
                    hash=f"{mark}{part}",
                    anchors=json.dumps(list_moved_anchors(old, known)),
                )
                place = folder / code / f"{old}.html"
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_text(text, "utf-8")


def read_title(page: Path) -> str:
    found = re.search("<title>(.*?)</title>", page.read_text("utf-8"), re.DOTALL)
    return found[1].strip() if found else ""


def render_sitemap(folder: Path) -> str:
    """Return sitemap.xml: each page that lists itself among its alternates, with these and the day it last changed."""
    ElementTree.register_namespace("", SITEMAP)
    ElementTree.register_namespace("xhtml", XHTML)
    found = ElementTree.Element(f"{{{SITEMAP}}}urlset")
    for code in languages.list_languages():
        for path in sorted((folder / code).rglob("*.html")):
            text = path.read_text("utf-8")
            alternates = {tag: unescape(url) for tag, url in ALTERNATE.findall(text)}
            if languages.language_tag(code) not in alternates or '<meta name="robots" content="noindex">' in text:
                continue
            url = ElementTree.SubElement(found, f"{{{SITEMAP}}}url")
            ElementTree.SubElement(url, f"{{{SITEMAP}}}loc").text = alternates[languages.language_tag(code)]
            if changed := CHANGED_DAY.search(text):
                ElementTree.SubElement(url, f"{{{SITEMAP}}}lastmod").text = changed[1]
            for tag, href in alternates.items():
                ElementTree.SubElement(url, f"{{{XHTML}}}link", rel="alternate", hreflang=tag, href=href)
    ElementTree.indent(found, "")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ElementTree.tostring(found, encoding="unicode")}\n'


def render_robots() -> str:
    lines = ["User-agent: *", "Allow: /"]
    return "\n".join([*lines, f"Sitemap: {site_url()}sitemap.xml"] if site_url() else lines) + "\n"


def render_llms_txt() -> str:
    """Return llms.txt of the root, which links to that of each language."""
    lines = [f"- [{name}]({site_url()}{code}/llms.txt)" for code, name in languages.list_languages().items()]
    return "\n".join(["# Flask on Heroku", "", "## Languages", "", *lines]) + "\n"


def make_translator(code: str) -> Callable[[str], str]:
    """Return a function that translates a text of the templates, and returns the English if there is no translation."""
    translated = messages.load_translations(ROOT / "locale" / code / "LC_MESSAGES" / "sphinx.po")
    return lambda english: translated.get(english) or english


def main(folder: Path) -> None:
    """Write the files at the root of the site."""
    templates = Environment(loader=FileSystemLoader(ROOT / "docs" / "_templates"), autoescape=True)
    offered = [
        {"code": code, "tag": languages.language_tag(code), "name": name, "finished": languages.is_finished(code)}
        for code, name in languages.list_languages().items()
    ]
    # The server shows 404.html for addresses of any depth, so its links begin with the path of the site.
    base = urlsplit(site_url()).path or "/"
    files = {
        "index.html": templates.get_template("root.html").render(languages=offered, site_url=site_url()),
        "404.html": templates.get_template("404.html").render(languages=offered, say=make_translator, base=base),
        "robots.txt": render_robots(),
        "llms.txt": render_llms_txt(),
    }
    if site_url():
        files["sitemap.xml"] = render_sitemap(folder)
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    write_redirects(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
