"""What the machinery uses of Sphinx, its theme and its extensions without a promise of theirs, in one line each.

If a new version of a package changes one of these, the test names the place that depends on it.
"""

import re
from pathlib import Path

import pytest
from sphinx import search
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.transforms.i18n import Locale

from handbook.paths import package_folder
from handbook.sphinxext import bundle, languages, tabs
from handbook.sphinxext import search as own_search
from handbook.translation.messages import SkipCode

COPY_BUTTON = (package_folder("sphinx_copybutton") / "_static" / "copybutton.js_t").read_text("utf-8")
TABS = (package_folder("sphinx_inline_tabs") / "_impl.py").read_text("utf-8")
FURO = "".join(path.read_text("utf-8") for path in (package_folder("furo") / "theme" / "furo").rglob("*.html"))
SPHINX = package_folder("sphinx")


@pytest.mark.parametrize(
    ("place", "holds"),
    {
        "search.disable_sphinx_search: a builder's attribute `search`": StandaloneHTMLBuilder.search is True,
        "search.STEMMERS: Sphinx's folder of stemmers": (own_search.STEMMERS / "base-stemmer.js").is_file(),
        "search.find_stemmer: Sphinx's table of languages": {"en", "es", "pt"} <= search.languages.keys(),
        "search.find_stemmer: a language without a stemmer": not search.SearchLanguage.js_stemmer_rawcode,
        "search.render_scripts: the file of a stemmer": search.SearchEnglish.js_stemmer_rawcode == "english-stemmer.js",
        "search.render_scripts: stop words": "the" in search.SearchEnglish.stopwords,
        "search.render_scripts: the name of a stemmer": search.SearchEnglish.language_name == "English",
        "search.AssignAnchors, messages.SkipCode, tabs.LocateLabels: the priority of Sphinx's translation": max(
            own_search.AssignAnchors.default_priority, SkipCode.default_priority, tabs.LocateLabels.default_priority
        )
        < Locale.default_priority,
        "tabs.LocateLabels: a tab is a container of this type": 'TabContainer("", type="tab"' in TABS,
        "tabs.LocateLabels: the label is its first child": TABS.index("container += label")
        < TABS.index("container += content"),
        "languages.COPY_BUTTON_SCRIPT: its labels": "const messages = {" in COPY_BUTTON,
        "languages.COPY_BUTTON_SCRIPT: its icons": bool(re.search("let iconCheck.*let iconCopy", COPY_BUTTON, re.S)),
        "languages.COPY_BUTTON_LABELS: their names": all(
            f"'{name}':" in COPY_BUTTON for name in languages.COPY_BUTTON_LABELS
        ),
    }.items(),
)
def test_what_is_patched_in_a_package_is_there(place, holds):
    assert holds, f"handbook/sphinxext: {place}"


@pytest.mark.parametrize("label", languages.FURO_LABELS)
def test_a_label_of_furo_that_is_translated_is_there(label):
    assert label in FURO, f"handbook/sphinxext/languages.py, FURO_LABELS: Furo no longer writes {label}"


@pytest.mark.parametrize("file", sorted(bundle.EXCLUDED - {"_static/translations.js", "_static/tabs.js"}))
def test_a_script_that_is_left_out_is_one_of_sphinx(file):
    name = Path(file).name
    assert list(SPHINX.rglob(name)), f"handbook/sphinxext/bundle.py, EXCLUDED: Sphinx no longer has {name}"
