"""How the site is built. The language comes from the command line: sphinx-build -D language=es."""

from pathlib import Path

# Absolute paths, because docs/conf.py runs this file too, and a relative path starts at the conf.py that Sphinx reads.
DOCS = Path(__file__).resolve().parent / "docs"

project = "Flask on Heroku"
author = "the contributors of Flask on Heroku"
copyright = f"2026 {author}. License: CC BY 4.0"
language = "en"

extensions = [
    "myst_parser",
    "sphinx_copybutton",
    "handbook.sphinxext",
]
exclude_patterns = ["_*"]
nitpicky = True
show_warning_types = True

myst_enable_extensions = ["colon_fence", "deflist", "substitution"]
myst_heading_anchors = 3

# One catalogue for each page.
locale_dirs = ["../locale"]
gettext_compact = False

html_theme = "furo"
html_title = project
html_show_sphinx = False
html_copy_source = False
html_use_index = False
html_static_path = [str(DOCS / "_static")]
templates_path = [str(DOCS / "_templates")]
html_css_files = ["site.css"]
html_js_files = ["site.js", "search.js"]

copybutton_prompt_text = "$ "
copybutton_selector = "div.literal-block-wrapper:is(:not(.broken), .command) div.highlight pre"
