"""One style sheet and one script, minified, from those of Sphinx, Furo, the copy button and docs/_static.

A page then requests four files instead of fifteen. What only one page needs, such as log-box.js, stays separate.
"""

import hashlib
import posixpath
import re
from pathlib import Path

import rcssmin
import rjsmin
from furo import get_pygments_stylesheet
from sphinx.application import Sphinx

STYLES, SCRIPTS = "_static/bundle.css", "_static/bundle.js"
# Scripts that only Sphinx's own search needs, which is switched off; site.js replaces the one for the tabs.
EXCLUDED = {"_static/doctools.js", "_static/sphinx_highlight.js", "_static/translations.js", "_static/tabs.js"}
# The beginning of an address in a style sheet that is relative to the folder of the sheet.
RELATIVE_URL = re.compile(r"(url\(\s*[\"']?)(?![\"']|data:|[a-z]+://|[/#])")


def minify_sheet(name: str, text: str, media: str = "") -> str:
    """Return a style sheet minified, its addresses relative to the bundle's folder; for a medium, inside @media."""
    at = posixpath.relpath(posixpath.dirname(name), posixpath.dirname(STYLES))
    text = RELATIVE_URL.sub(rf"\1{at}/", text) if at != "." else text
    small: str = rcssmin.cssmin(text, keep_bang_comments=True)
    return f"@media {media}{{{small}}}" if media else small


def bundle_styles(app: Sphinx, files: list) -> str:
    found = []
    for file in sorted(files, key=lambda file: file.priority):
        name = str(file.filename)
        # Furo replaces this file of Sphinx with its own colors only when the build ends.
        own = name == "_static/pygments.css"
        text = get_pygments_stylesheet() if own else Path(app.outdir, name).read_text("utf-8")
        media = file.attributes.get("media", "")
        found.append(minify_sheet(name, text, "" if media == "all" else media))
    return "\n".join(found)


def bundle_scripts(app: Sphinx, files: list) -> str:
    found = []
    for file in sorted(files, key=lambda file: file.priority):
        name = str(file.filename or "")
        if name not in EXCLUDED:
            text = Path(app.outdir, name).read_text("utf-8") if name else file.attributes["body"]
            found.append(rjsmin.jsmin(text, keep_bang_comments=True) + ";")
    return "\n".join(found)


def write_asset(app: Sphinx, name: str, text: str) -> str:
    """Write a file of the site, and return its address with a query (?v=…) that changes with the content."""
    path = Path(app.outdir, name)
    if not path.is_file() or path.read_text("utf-8") != text:
        path.write_text(text, "utf-8")
    return f"{name}?v={hashlib.sha256(text.encode()).hexdigest()[:8]}"


def add_bundle(app: Sphinx, _page: str, _template: str, context: dict, _doctree: object) -> None:
    """Add the addresses of both bundles to the context of a page; the first page of a build writes the files."""
    if app.builder.name != "html":
        return  # a book has the files of its own theme
    made = app.env.temp_data.get("bundle")
    if not made:
        made = {
            "styles": write_asset(app, STYLES, bundle_styles(app, context["css_files"])),
            "scripts": write_asset(app, SCRIPTS, bundle_scripts(app, context["script_files"])),
        }
        app.env.temp_data["bundle"] = made
    context["bundle"] = made


def setup(app: Sphinx) -> None:
    app.connect("html-page-context", add_bundle, priority=900)
