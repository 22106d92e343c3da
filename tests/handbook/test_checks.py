"""docs/about/tested.md, "Checks before anything runs": each kind of damage is a finding with its place and advice.

A small project without problems is damaged in one place at a time. The findings are compared word for word, and
there may be no others.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import polib
import pytest

from handbook.bench import record
from handbook.checks import __main__ as make_check
from handbook.checks import difference, privacy, run_check, spelling, structure
from handbook.data_files import DataError
from handbook.paths import ROOT, page_test_name
from handbook.sphinxext import terms
from handbook.translation import catalogues
from tests.conftest import data_error, git, write_files

PAGE, FACTS = "docs/guides/port.md", "docs/facts.toml"
APP, PROCFILE, TXT = "snippets/port/app.py", "snippets/port/Procfile", "snippets/port/broken-fixed/expected.txt"
DRAWING, WORDS = "docs/_drawings/port.svg", "docs/words.txt"
SPANISH_WORDS, TERMS = "locale/es/words.txt", "locale/es/terms.toml"
LOCALE, PO, POT = "locale/es/LC_MESSAGES", "locale/es/LC_MESSAGES/guides/port.po", "_build/gettext/guides/port.pot"
HOME_PO, HOME_POT = "locale/es/LC_MESSAGES/index.po", "_build/gettext/index.pot"
SENTENCE_GET = "**What you get.** An app that answers a request on `PORT` within {{ boot_timeout }}."
SENTENCE_BEFORE = "**Before you start.** Read [this](/index.md). Press {guilabel}`Deploy`, then `git push`."
SENTENCE_CAUSE = "The cause is in {ref}`the next part <port-fails>`."
SENTENCE_NEXT = "**Next:** mend it, press {kbd}`Ctrl+C`, read <https://example.com/next>."
SENTENCE_PAST = "Gunicorn: 5000 in May 2007, says Salesforce; Ruby and Gunicorn, 1,000."
SENTENCE_OTHERS = "Elsewhere there are Google, Waitress and Heroku."
ES_SENTENCE_GET = "**Qué consigues.** Responder a una petición en `PORT` en {{ boot_timeout }}."
ES_SENTENCE_BEFORE = "**Antes.** Lee [esto](/index.md). Pulsa {guilabel}`Deploy` y luego `git push`."
ES_SENTENCE_CAUSE = "La causa está en {ref}`lo que sigue <port-fails>`."
ES_SENTENCE_NEXT = "**Siguiente:** arréglala, pulsa {kbd}`Ctrl+C`, lee <https://example.com/next>."
ES_SENTENCE_PAST = "Gunicorn: 5000 en mayo de 2007, indica Salesforce; Ruby y Gunicorn, 1000."
ES_SENTENCE_OTHERS = "En otra parte están Google, Waitress y Heroku."
ABOUT = "how long a web process may take to bind its port before the log says 'R10' and the process is stopped"
ES_ABOUT = "cuánto puede tardar un proceso web en escuchar en su puerto antes de que el registro diga «R10»"
SPANISH = {
    "Home": "Inicio",
    "Ports": "Puertos",
    "Check it": "Compruébalo",
    "If it fails": "Si falla",
    SENTENCE_GET: ES_SENTENCE_GET,
    SENTENCE_BEFORE: ES_SENTENCE_BEFORE,
    SENTENCE_CAUSE: ES_SENTENCE_CAUSE,
    SENTENCE_NEXT: ES_SENTENCE_NEXT,
    SENTENCE_PAST: ES_SENTENCE_PAST,
    SENTENCE_OTHERS: ES_SENTENCE_OTHERS,
    "60 seconds": "60 segundos",
    ABOUT: ES_ABOUT,
    "A port of Flask": "Un puerto de Flask",
    "It works.": "Funciona.",
    "It is chosen.": "Se elige.",
    "A dyno listens": "Escucha un dyno",
}
_words, _never, NEVER = (ROOT / TERMS).read_text("utf-8").partition("[never]")
NAMES = '[names]\nadded = ["Heroku"]\n'
GOOD = {
    "docs/index.md": f"# Home\n\n{SENTENCE_OTHERS}\n\n```{{toctree}}\nguides/port\n```\n\n```{{drawing}} port\n```\n\n"
    "```{facts}\n```\n\n```{sources} 1\n```\n",
    PAGE: f"""\
# Ports

{SENTENCE_GET}

{SENTENCE_BEFORE}

```{{snippet}} port/Procfile
```

```{{snippet}} port/app.py
:part: port
```

## Check it

{SENTENCE_CAUSE}

(port-fails)=
## If it fails

```{{snippet}} port/broken-fixed/Procfile
```

```{{snippet}} port/broken-fixed/expected.txt
```

{SENTENCE_NEXT}

{SENTENCE_PAST}
""",
    DRAWING: "<svg>\n<title>A dyno listens</title>\n</svg>\n",
    WORDS: "# Heroku's\ndyno  # a container\nGunicorn  # a server\nSalesforce  # a company\nHeroku  # where apps run\n",
    SPANISH_WORDS: "arréglala  # arreglar\n",
    # The table [never] is a copy of the real one.
    TERMS: f'[words]\nrequest = {{ es = "petición", avoid = ["solicitud"] }}\n{NAMES}[never]{NEVER}',
    FACTS: f"""\
[boot_timeout]
value = "60 seconds"
about = "{ABOUT}"
source = "https://example.com/"
seen = "2026-11-20"
checked = 2026-11-20
""",
    "docs/about/sources.toml": '["1.01"]\nwhat = "A port of Flask"\nverdict = "dropped"\ntoday = "It works."\n',
    APP: '# part: port\nimport os\n\n# It is chosen.\nport = os.environ["PORT"]\n# end: port\n',
    PROCFILE: "web: gunicorn app:app\n",
    "snippets/port/requirements.txt": "gunicorn==26.0.0\n",
    "snippets/port/.python-version": "3.14\n",
    "snippets/port/broken-fixed/Procfile": "web:gunicorn --bind :8000 app:app\n",
    TXT: "Error R10 (Boot timeout)\n",
    "tests/pages/test_port.py": 'NAME = "port/broken-fixed"\n',
}
WRONG_PYTHON = "if True:\n        pass\n    pass\n"


def collect(root: Path) -> list[str]:
    """Return the lines of Sphinx's warnings while it extracts the English messages of root with the real conf.py."""
    command = [sys.executable, "-m", "sphinx", "-c", ROOT, "-b", "gettext", "docs", "_build/gettext"]
    result = subprocess.run([*command, "-qnN", "-d", root.parent / "trees"], cwd=root, capture_output=True, text=True)
    return result.stderr.replace(f"{root}/", "").splitlines()


@pytest.fixture(scope="session")
def good(tmp_path_factory) -> Path:
    """Return the folder of a small project without problems, in English and Spanish."""
    root = tmp_path_factory.mktemp("good") / "project"
    write_files(root, GOOD)
    assert collect(root) == []
    (root / LOCALE).mkdir(parents=True)
    catalogues.main(root)
    theme = {entry.msgid: entry.msgstr for entry in polib.pofile(str(ROOT / LOCALE / "sphinx.po"))}
    for path in root.rglob("*.po"):
        catalogue = polib.pofile(str(path))
        for entry in catalogue.untranslated_entries():
            entry.msgstr = (SPANISH | theme)[entry.msgid]
        catalogue.save()
    catalogues.main(root)
    return root


@pytest.fixture
def project(good, tmp_path) -> Path:
    return shutil.copytree(good, tmp_path / "project")


def findings(root: Path) -> list[str]:
    return [str(finding) for check in make_check.ALL_CHECKS for finding in run_check(check, root)]


Edit = Callable[[Path], None]


def write(name: str, text: str | bytes) -> Edit:
    return lambda root: write_files(root, {name: text})


def change(name: str, old: str, new: str) -> Edit:
    def edit(root: Path) -> None:
        text = (root / name).read_text("utf-8")
        assert text.count(old) == 1, f"{old} stands {text.count(old)} times in {name}"
        write(name, text.replace(old, new))(root)

    return edit


def delete(name: str) -> Edit:
    return lambda root: (root / name).unlink()


def move(name: str, to: str) -> Edit:
    """Rename a file inside its folder."""
    return lambda root: (root / name).rename((root / name).with_name(to))


def damage(title: str, *parts: Edit | str):
    """Return a case: the edits that do the damage, and the findings to expect."""
    edits = [part for part in parts if callable(part)]
    return pytest.param(edits, [part for part in parts if isinstance(part, str)], id=title)


def page(title: str, text: str, *advice: str, line: int = 16):
    """Return a case: text is inserted at line 16 of the page."""
    edit = change(PAGE, SENTENCE_CAUSE, f"{text}\n\n{SENTENCE_CAUSE}")
    return damage(title, edit, *[f"{PAGE}:{line}: {words}" for words in advice])


def spanish(title: str, line: int, old: str, new: str, *advice: str):
    """Return a case: in the Spanish catalogue of the page, old is replaced by new."""
    return damage(title, change(PO, old, new), *[f"{PO}:{line}: {words}" for words in advice])


CODE = "code inside a page is never tested: put it into a file under snippets/ and use {snippet}."
DIRECTIVE = "{%s} is not used here: put the code under snippets/ and use {snippet}."
LINES = (
    ":lines: is not used here: mark a part of the file with `# part: name` and `# end: name`, and write :part: name."
)
SPELLING = "write ```{snippet} port/app.py at the beginning of a line: the lists of commands and files read only that."
GONE = "snippets/port/%s does not exist: write the file, or correct its name here."
EMPTY = f"{PAGE}:24: {TXT} is empty: write the file, or do not show it."
NO_PAGE = "snippets/%s: no page has this slug: write docs/<section>/%s.md, or delete the folder."
NO_PROOF = "%s: no test proves what it claims: write tests/pages/test_%s.py."
NO_TEST = "snippets/port/broken-fixed: no test sees it fail: use it in tests/pages/test_port.py."
NOT_SHOWN = f"snippets/port/uwsgi.ini: no page shows it: show it in {PAGE}, or delete it."
NO_MESSAGE = "snippets/port/broken-fixed: expected.txt is missing or empty: write the message it must fail with."
SAME_SLUG = f"docs/reference/port.md: {PAGE} has the same slug: give one another name."
NO_CATALOGUE = f"{LOCALE}/%s.po: is missing: run `make po`, then translate it."
ORDER = f"{PAGE}: the parts of a guide stand in this order: "
ORDER += "**What you get.**, **Before you start.**, ## Check it, ## If it fails, **Next:**."
TOO_LONG = f"{PAGE}: 771 words: a guide has 750 at most. Cut."
PICTURE = "a picture's words cannot be translated: draw it in docs/_drawings, and use {drawing}."
REFERENCE = "[text][ref] breaks in translations: write [text](target)."
FACT = "inside `…`, {{ name }} is not replaced by its value: write it outside."
TITLE = "[](page.md#part) keeps its English title in translations: write [text](#label)."
NO_COLON = f'{PROCFILE}:2: "web app" has no colon after the process type: write "web: app".'
NO_SPACE = f'{PROCFILE}:2: "web:app" has no space after the colon: write "web: app".'
NO_COMMAND = f'{PROCFILE}:2: "web:" has no command: write "web: gunicorn app:app", or delete the line.'
SHAPE = [
    damage(
        "a copy of a page",
        write("docs/Port copy.md", "---\norphan: true\n---\n\n# A copy\n"),
        "docs/Port copy.md: a page's name has small letters, digits and hyphens: rename it, or delete it.",
        NO_CATALOGUE % "Port copy",
        NO_PROOF % ("docs/Port copy.md", "Port copy"),
    ),
    damage(
        "a transcript without a command",
        change(PAGE, SENTENCE_CAUSE, f"```{{snippet}} port/run.console\n```\n\n{SENTENCE_CAUSE}"),
        write("snippets/port/run.console", "Starting\n"),
        'snippets/port/run.console:1: a transcript begins with a command: write it after "$ ".',
    ),
    page("a block of code", "```python\nimport app\n```", CODE),
    page("a block with colons", ":::python\nimport app\n:::", CODE),
    page("an indented block", "    import app", CODE),
    page("a block of HTML", "<pre>import app</pre>", CODE),
    page("a block inside a note", "````{note}\n```python\n```\n````", CODE, line=17),
    page("a code-block", "```{code-block} python\n```", DIRECTIVE % "code-block"),
    page("a code-block without a space", "```{code-block}python\n```", DIRECTIVE % "code-block"),
    page("a literalinclude", ":::{literalinclude} /app.py\n:::", DIRECTIVE % "literalinclude"),
    page("a directive for all directives", "```{eval-rst}\n```", DIRECTIVE % "eval-rst"),
    page("a part by its line numbers", "```{snippet} port/app.py\n:lines: 2-4\n```", LINES),
    page("a snippet with colons", ":::{snippet} port/app.py\n:::", SPELLING),
    page("a snippet with four backticks", "````{snippet} port/app.py\n````", SPELLING),
    page("an indented snippet", "1. Do\n\n   ```{snippet} port/app.py\n   ```", SPELLING, line=18),
    page("a snippet without a space", "```{snippet}port/app.py\n```", SPELLING),
    page("a snippet in a tab", "::::{tab} uv\n```{snippet} port/app.py\n```\n::::"),
    page("a snippet that does not exist", "```{snippet} port/gone.py \n```", GONE % "gone.py"),
    damage("a snippet folder without a page", write("snippets/new/app.py", ""), NO_PAGE % ("new", "new")),
    damage("a snippet folder without a test", delete("tests/pages/test_port.py"), NO_TEST, NO_PROOF % (PAGE, "port")),
    damage("a snippet that no page shows", write("snippets/port/uwsgi.ini", ""), NOT_SHOWN),
    damage("a broken variant without its message", delete(TXT), f"{PAGE}:24: {GONE % TXT[14:]}", NO_MESSAGE),
    damage("an empty snippet, a broken variant's message", write(TXT, "\n"), EMPTY, NO_MESSAGE),
    damage("a broken variant without a test", write("tests/pages/test_port.py", "port/broken-fixed-address"), NO_TEST),
    damage(
        "a broken variant in a comment of the tests",
        write("tests/pages/test_port.py", "# port/broken-fixed\nNAME = 1  # port/broken-fixed\n"),
        NO_TEST,
    ),
    damage(
        "a broken variant that no page shows",
        write("snippets/port/broken-other/expected.txt", "Error: other\n"),
        write("tests/pages/test_port.py", 'NAMES = "port/broken-fixed port/broken-other"\n'),
        f"snippets/port/broken-other/expected.txt: no page shows it: show it in {PAGE}, name it as a proof in"
        " docs/reference/errors.toml, or delete it.",
    ),
    damage("two pages, one slug", write("docs/reference/port.md", ""), SAME_SLUG, NO_CATALOGUE % "reference/port"),
    damage("no check", change(PAGE, "## Check", "### Check"), f"{PAGE}: a guide has the part ## Check it: add it."),
    damage("another order", change(PAGE, SENTENCE_GET, f"{SENTENCE_NEXT}\n\n{SENTENCE_GET}"), ORDER),
    damage("too long", change(PAGE, SENTENCE_CAUSE, "word " * 719), TOO_LONG),
    page("a comment", "<!-- TODO -->", "a comment of HTML would be published with the page: delete it."),
    page("a picture", "![A dyno](/dyno.png)", PICTURE),
    page("a figure", "```{figure} /dyno.png\n```", PICTURE),
    page("a link by reference", "Read [it][1].", REFERENCE),
    page("a fact as code", "Open `localhost:{{ boot_timeout }}`, `not` {{ boot_timeout }} `this`.", FACT),
    page("a link with the other page's title", "Read [](/index.md#home).", TITLE),
    damage(
        "a variant that renames a file which the app lacks",
        write("snippets/port/broken-fixed/changes.txt", "delete Procfile\nrename ap.py b.py\n"),
        "snippets/port/broken-fixed/changes.txt:2: the app has no file ap.py: correct the name.",
    ),
    damage(
        "a need that is no module",
        write("snippets/port/needs.txt", "postgress\n"),
        'snippets/port/needs.txt:1: "postgress" is neither NAME=value nor a module of handbook/fake_heroku/addons: '
        "correct it.",
    ),
    damage(
        "a Procfile with a byte order mark",
        write(PROCFILE, "\ufeffweb: gunicorn app:app\n"),
        f"{PROCFILE}: The Procfile begins with a byte order mark, and Heroku skips that line: save it as UTF-8 without"
        " it.",
    ),
    damage("a Procfile line without a colon", write(PROCFILE, "\nweb app\n"), NO_COLON),
    damage("a Procfile line without a space", write(PROCFILE, "\nweb:app\n"), NO_SPACE),
    damage("a Procfile line without a command", write(PROCFILE, "\nweb:\n"), NO_COMMAND),
]

PORTS = 'msgstr "Puertos"'
QUOTES = 'this is not a comment, nor msgid or msgstr with one string in quotes; inside it, write \\".'
QUOTES += " Correct the entry by hand."
LATIN = 'msgid ""\nmsgstr ""\n\nmsgid "Ports"\nmsgstr "Año"\n'.encode("latin-1")
HEADER = "its header cannot be read (%s). Correct the entry by hand."
NO_NUMBER = "invalid literal for int() with base 10: 'x'"
UNREADABLE = [
    spanish("a stray quote", 14, PORTS, 'msgstr "Los "Puertos"', QUOTES),
    spanish("a quote that is not closed", 14, PORTS, 'msgstr "Puertos', QUOTES),
    spanish("a quote that is not opened", 14, PORTS, 'msgstr Puertos"', QUOTES),
    spanish("a line broken in two", 14, PORTS, 'msgstr "Los\nPuertos"', QUOTES),
    spanish("a mistyped keyword", 14, PORTS, 'mgstr "Puertos"', QUOTES),
    spanish("the marks of a merge", 14, PORTS, f"<<<<<<< HEAD\n{PORTS}", QUOTES),
    spanish("an encoding that there is not", 2, "charset=utf-8", "charset=x", HEADER % "unknown encoding: x"),
    spanish("plural forms without a number", 2, '"MIME', '"Plural-Forms: nplurals=x;\\n"\n"MIME', HEADER % NO_NUMBER),
    spanish("no msgstr", 13, PORTS, "", "missing msgstr for msgid 'Ports'. Correct the entry by hand."),
    damage("another encoding", write(PO, LATIN), f"{PO}:5: this is not UTF-8. Correct the entry by hand."),
]

MISSING = "of the English is missing: keep it as it is."
ADDED = "is not in the English: take it out, or correct it."
FUZZY = '"Ports" changed: correct msgstr, and delete the "fuzzy" and "#|" lines.'
OLD = '\n#~ msgid "Old"\n#~ msgstr "Viejo"\n'
OBSOLETE = '"Old" is no longer in the English: run `make po`.'
STILL_ENGLISH = f'"{SENTENCE_CAUSE}" is still English: translate it.'
NO_SPANISH = f'"%s" is not in {LOCALE}/%s.po: run `make po`, then translate it there.'
NO_SUCH_PAGE = f"{PO}: {PAGE} does not exist: `git mv` the catalogue to the page's new name."
NOT_TRANSLATED = '"%s" is not translated: write msgstr.'
NO_COMMENT = f"{PO}:22: {NOT_TRANSLATED % 'It is chosen.'}"
NO_SPANISH_TITLE = f"{HOME_PO}:19: {NOT_TRANSLATED % 'A dyno listens'}"
ROOM = "<foreignObject><p>A dyno listens</p></foreignObject>"
NO_TITLE = f"{DRAWING}:1: no alternative text: say in <title>, its first element, what the drawing shows."
LAYOUT = "%s: this catalogue is not laid out as `make po` writes it: run `make po`."
COPY = "copy the number."
SENTENCES = "sentences: %d, in the English %d: end the sentences in the same places."
REF, BUTTON, HOME = "the role {ref}<port%s> ", "the role {guilabel}`%s` ", "the link /%s.md "
KEY, COMMAND = "the role {kbd}`%s+C` ", "the code `git %s` "
OTHER_LABEL = ES_SENTENCE_CAUSE.replace("port-fails", "port")
TRANSLATED_COMMAND = ES_SENTENCE_BEFORE.replace("push", "empujar")
NO_ADDRESS = ES_SENTENCE_NEXT.replace("<https://example.com/next>", "más")
SIXTY = 'msgid "60 seconds"\nmsgstr "60 segundos"'
NUMBER = ES_SENTENCE_GET.replace("{{ boot_timeout }}", "60 s")
BOTH_LANGUAGES = [change(FACTS, '"60 seconds"', '"no"'), change(f"{LOCALE}/facts.po", SIXTY, 'msgid "no"\nmsgstr "no"')]
RENAMED_PAGE = [move(PAGE, "ports.md"), move(POT, "ports.pot"), NO_PAGE % ("port", "port"), NO_SUCH_PAGE]
TRANSLATION = [
    spanish("no translation", 13, PORTS, 'msgstr ""', NOT_TRANSLATED % "Ports"),
    spanish("the translation of before", 13, 'msgid "Ports"', '#, fuzzy\n#| msgid "Port"\nmsgid "Ports"', FUZZY),
    spanish("a translation of nothing", 37, f'{ES_SENTENCE_NEXT}"\n', f'{ES_SENTENCE_NEXT}"\n{OLD}', OBSOLETE),
    damage("a new sentence", change(POT, "Check", "Do"), f"{PAGE}:14: {NO_SPANISH % ('Do it', 'guides/port')}"),
    damage("a new fact", change(FACTS, "60 s", "9 s"), f"{FACTS}:1: {NO_SPANISH % ('9 seconds', 'facts')}"),
    damage(
        "a new comment",
        change(POT, "is chosen", "was chosen"),
        f"{APP}:4: {NO_SPANISH % ('It was chosen.', 'guides/port')}",
    ),
    damage("a comment in English", change(PO, "Se elige.", ""), NO_COMMENT),
    damage("an alternative text in English", change(HOME_PO, "Escucha un dyno", ""), NO_SPANISH_TITLE),
    damage("no alternative text", change(DRAWING, "<title>A dyno listens</title>", ROOM), NO_TITLE),
    spanish("a copy of the English", 28, ES_SENTENCE_CAUSE, SENTENCE_CAUSE, STILL_ENGLISH),
    damage("a word that both languages have", *BOTH_LANGUAGES),
    spanish("two sentences made one", 19, "). Pulsa", ") y pulsa", SENTENCES % (2, 3)),
    spanish("sentences added", 28, "La causa", "¿Hola? «Sí.» Sí… p. ej. Heroku está", SENTENCES % (3, 1)),
    spanish("a role dropped", 28, ES_SENTENCE_CAUSE, "La causa.", REF % "-fails" + MISSING),
    spanish("a role for another label", 28, ES_SENTENCE_CAUSE, OTHER_LABEL, REF % "-fails" + MISSING, REF % "" + ADDED),
    spanish("a role with its title in other words", 28, "lo que sigue", "lo siguiente"),
    spanish(
        "a button renamed",
        19,
        "Pulsa {guilabel}`Deploy`",
        "Pulsa {guilabel}`Ir`",
        BUTTON % "Deploy" + MISSING,
        BUTTON % "Ir" + ADDED,
    ),
    spanish(
        "a key renamed", 34, "pulsa {kbd}`Ctrl", "pulsa {kbd}`Control", KEY % "Ctrl" + MISSING, KEY % "Control" + ADDED
    ),
    spanish(
        "a command translated",
        19,
        ES_SENTENCE_BEFORE,
        TRANSLATED_COMMAND,
        COMMAND % "push" + MISSING,
        COMMAND % "empujar" + ADDED,
    ),
    spanish("a code span dropped", 19, " y luego `git push`", "", COMMAND % "push" + MISSING),
    spanish(
        "a link to elsewhere", 19, "[esto](/index.md)", "[esto](/a.md)", HOME % "index" + MISSING, HOME % "a" + ADDED
    ),
    spanish("a link added", 28, "La causa está", "La [causa](/index.md) está", HOME % "index" + ADDED),
    spanish("an address dropped", 34, ES_SENTENCE_NEXT, NO_ADDRESS, f"the address https://example.com/next {MISSING}"),
    spanish(
        "a number typed in",
        16,
        ES_SENTENCE_GET,
        NUMBER,
        f"the substitution boot_timeout {MISSING}",
        '"60" is not in the English sentence: take it out.',
    ),
    spanish("a placeholder translated", 34, "arréglala", "arréglala ${n}", f"the number in braces ${{n}} {ADDED}"),
    damage("no catalogue", delete(PO), NO_CATALOGUE % "guides/port"),
    damage(
        "a page renamed in English only",
        *RENAMED_PAGE,
        NO_CATALOGUE % "guides/ports",
        NO_PROOF % ("docs/guides/ports.md", "ports"),
    ),
    damage("another layout", change(PO, PORTS, 'msgstr ""\n"Puertos"'), LAYOUT % PO),
    damage("the header of a program", change(PO, '"MIME', '"X-Generator: Poedit\\n"\n"MIME'), LAYOUT % PO),
    damage("the old English left behind", change(PO, 'msgid "Ports"', '#| msgid "Port"\nmsgid "Ports"'), LAYOUT % PO),
    damage("half a file, left by a killed `make po`", write(f"{PO}.new", 'msgid "Por')),
]


def spanish_cause(title: str, text: str, *advice: str):
    """Return a case: the Spanish of the sentence about the cause begins with text."""
    return spanish(title, 28, "La causa está en", text, *advice)


NAME = f"copy the name, or add it to [names] of {TERMS}."
NOT_THERE = '"%s" is not in the English sentence'


def spanish_past(title: str, old: str, new: str, *advice: str):
    """Return a case: in the Spanish sentence of names and numbers, old is replaced by new."""
    assert ES_SENTENCE_PAST.count(old) == 1, old
    return spanish(title, 37, ES_SENTENCE_PAST, ES_SENTENCE_PAST.replace(old, new), *advice)


def count_things(spanish: str) -> list[Edit]:
    """Return the edits that make three things of one, and begin their Spanish with a text."""
    return [
        change(TERMS, NAMES, f'{NAMES}[numbers]\nthree = "tres"\ntwelve = "doce"\n'),
        change(HOME_POT, "It works.", "The three of Twelve-Factor work."),
        change(HOME_PO, "It works.", "The three of Twelve-Factor work."),
        change(HOME_PO, "Funciona.", f"{spanish} de Twelve-Factor funcionan."),
        *(write(name, f"{(GOOD[name])}Factor  # a name\nTwelve  # a name\n") for name in (WORDS, SPANISH_WORDS)),
    ]


NAMES_AND_NUMBERS = [
    spanish_past("another number", "5000", "4999", f'{NOT_THERE % 4999}, "5000" is missing: {COPY}'),
    spanish_past("another year", "2007", "2017", f'{NOT_THERE % 2017}, "2007" is missing: {COPY}'),
    spanish_past("a number dropped", " 5000", "", f'"5000" is missing: {COPY}'),
    spanish_past("a number more", ", 1000", ", 2 o 1000", f"{NOT_THERE % 2}: take it out."),
    spanish_past("ten thousand", " 1000", " 10 000", f'{NOT_THERE % "10 000"}, "1,000" is missing: {COPY}'),
    spanish_past("a thousand with its space", " 1000", " 1\u00a0000"),
    spanish_past("another name first", "Gunicorn:", "Waitress:", f"{NOT_THERE % 'Waitress'}: {NAME}"),
    spanish_past("another name", "Salesforce", "Google", f'{NOT_THERE % "Google"}, "Salesforce" is missing: {NAME}'),
    spanish_past("a name twice, another never", "Ruby y", "Salesforce y", f'"Ruby" is missing: {NAME}'),
    spanish_past("one of two names", "y Gunicorn", "y Ruby", f'"Ruby" stands where the English has "Gunicorn": {NAME}'),
    spanish_past("a name dropped", ", indica Salesforce", "", f'"Salesforce" is missing: {NAME}'),
    spanish_past("another month", "mayo", "marzo", f'"May" is missing: {NAME}'),
    damage("a number as a word dropped", *count_things("Ahora"), f'{HOME_PO}:31: "three" is missing: write «tres».'),
    damage("a number as a word", *count_things("Los tres")),
    spanish_past("the subject named", " 5000", " Heroku muestra 5000"),
    spanish_cause("a name more", "La causa de Google está en", f"{NOT_THERE % 'Google'}: {NAME}"),
    damage(
        "another code",
        change(HOME_PO, "«R10»", "«R12»"),
        f'{HOME_PO}:22: {NOT_THERE % "R12"}, "R10" is missing: {NAME}',
    ),
]
SOLICITUD = '«solicitud» for "request": write «petición», as the glossary does.'
TU, VERBS = "write «tú»", ": abre, ejecuta, escribe…"
QUESTION = "«Por qué?»: write «¿» donde empieza la pregunta."
EXCLAMATION = "«Por fin!»: write «¡» donde empieza la exclamación."
GLOSSARY = [
    spanish("a word that the glossary avoids", 16, "petición", "solicitud", SOLICITUD),
    spanish_cause("that word, where the English has another thing", "La solicitud está en"),
    spanish_cause("what another language says", "La causa, *vos*, está en"),
    spanish_past("what a program says", "5000", "«5000%»"),
    spanish_cause("usted", "Usted la ve en", f"«Usted»: {TU}."),
    spanish_cause("an order to usted", "Vea la causa en", f"«Vea»: {TU}{VERBS}."),
    spanish_cause("the same form, of the app", "La causa de que la aplicación lo vea está en"),
    spanish_cause("vosotros", "Podéis verla en", f"«Podéis»: {TU}, con su forma: puedes, tenías."),
    spanish_cause("an order to vosotros", "Mirad la causa en", f"«Mirad»: {TU}{VERBS}."),
    spanish_cause("a number like vosotros", "La causa veintiséis está en"),
    spanish_cause("vos", "Vos la ves en", f"«Vos»: {TU}, con su forma: tienes, haz."),
    spanish_cause("a word of one country", "El ordenador está en", "«ordenador»: write «tu máquina»."),
    spanish_cause("straight quotes", 'La \\"causa\\" está en', '«"»: write « ».'),
    spanish_cause("English quotes", "La “causa” está en", "«“»: write « »."),
    spanish_cause("a question without its first mark", "Por qué? Está en", SENTENCES % (2, 1), QUESTION),
    spanish_cause("an exclamation without its first mark", "Por fin! Está en", SENTENCES % (2, 1), EXCLAMATION),
    spanish_past("a percentage without its space", "5000", "5000%", "«0%»: write un espacio ante el signo: 50 %."),
    spanish_past("a comma in a thousand", "1000", "1,000", "«1,000»: write 1000, 10 000."),
    spanish_cause("three dots", "La causa... está en", "«...»: write «…»."),
    spanish_past("a month with a capital", "en mayo", "a fin de Mayo", "«de Mayo»: write el mes con minúscula."),
]

NO_REASON = f"{WORDS}:2: “dyno” has no reason: write it after a #."
NO_USE = f"{SPANISH_WORDS}:2: “hola”: no text of the site needs it. Delete the line."
TWIN = f"{SPANISH_WORDS}:%d: “%s” is “%s” without its accent: correct the text, and delete the line."
TWINS = write(SPANISH_WORDS, "aqui  # aquí\narreglala  # arreglar\narréglala  # arreglar\n")
UNACCENTED = change(PO, "La causa está", "La causa aqui arreglala está")
LISTS = [
    damage("a word without a reason", change(WORDS, "  # a container", ""), NO_REASON),
    damage("a word that no text needs", change(SPANISH_WORDS, "# arreglar\n", "# arreglar\nhola  # saludo\n"), NO_USE),
    damage(
        "words that lack an accent", TWINS, UNACCENTED, TWIN % (1, "aqui", "aquí"), TWIN % (2, "arreglala", "arréglala")
    ),
]
EMAIL = "an e-mail address: use you@example.com."
UUID = "an identifier that may be somebody's: shorten it."
MACHINE = "a path of one machine: write it relative to the project."
SECRET = "a secret in the code: read it from the environment."
PRIVACY = [
    page("an e-mail address", "Ask ana@heroku.com.", EMAIL),
    page("a login token", f"https://heroku.com/{privacy.TOKEN_PREFIX}", "a login token: delete it."),
    page(
        "the address of a login", "https://heroku.com/?" + urlencode({"requestor": "you"}), "a login token: delete it."
    ),
    page("an identifier", "01234567-89ab-cdef-0123-456789abcdef", UUID),
    page("a folder of one machine", "In /home/ana.", MACHINE),
    page("a secret", 'SECRET_KEY = "abc"', SECRET),
    page("a secret in Flask's settings", 'app.config["SECRET_KEY"] = "abc"', SECRET),
    page("an example, and a secret that is not in the code", "you@example.com os.environ['SECRET_KEY']"),
]

LONG = SENTENCE_CAUSE.replace("is in", f"is {'very ' * 24}surely in")
STYLE = [
    damage(
        "a sentence of more than 30 words",
        change(POT, SENTENCE_CAUSE, LONG),
        change(PO, SENTENCE_CAUSE, LONG),
        f"{PO}: this catalogue is not laid out as `make po` writes it: run `make po`.",
        f'{PAGE}:16: "The cause is very very …" has 32 words: make two sentences of it.',
    ),
    page(
        "a heading that ends in a pronoun",
        "### Listen to it",
        'this heading ends in "it": end it in the name of the thing that it is about.',
    ),
]


@pytest.mark.parametrize(
    ("edits", "expected"),
    [*SHAPE, *UNREADABLE, *TRANSLATION, *NAMES_AND_NUMBERS, *GLOSSARY, *LISTS, *PRIVACY, *STYLE, damage("nothing")],
)
def test_each_damaged_file_is_a_finding_with_place_and_advice(project, edits, expected):
    for edit in edits:
        edit(project)
    assert findings(project) == expected


@pytest.mark.parametrize(
    "name", [PAGE, PROCFILE, TXT, DRAWING, WORDS, SPANISH_WORDS, "docs/_templates/a.html", "tests/pages/test_port.py"]
)
def test_file_in_another_encoding_is_a_finding_with_its_line(project, name):
    path = project / name
    content = path.read_bytes() if path.is_file() else b""
    write(name, content + "# Año\n".encode("latin-1"))(project)
    line = content.count(b"\n") + 1
    assert set(findings(project)) == {f"{name}:{line}: this is not UTF-8: save it as that."}


def test_make_po_without_the_facts_stops_and_keeps_their_translations(project):
    delete(FACTS)(project)
    before = catalogue_files(project)
    with pytest.raises(DataError, match=f"^{FACTS}: this file is missing: restore it"):
        catalogues.main(project)
    assert catalogue_files(project) == before


@pytest.mark.parametrize(
    ("old", "new", "lines", "words"),
    [
        pytest.param(PORTS, 'msgstr "Los \\d"', [14], "control sequence", id="an unknown escape"),
        pytest.param('msgid "Check it"', 'msgid "Ports"', [25, 14], "definition", id="a sentence twice"),
    ],
)
def test_msgfmt_errors_are_findings_and_its_warnings_are_not(project, old, new, lines, words):
    """Only words that every version of gettext prints are compared."""
    change(PO, old, new)(project)
    found = findings(project)
    assert [text.split(": ")[0] for text in found] == [f"{PO}:{line}" for line in lines]
    assert all(words in text and text.endswith(" (msgfmt -c). Correct the entry by hand.") for text in found)


def misspelled(title: str, file: str, line: int, word: str, right: str, *edits: Edit):
    """Return a case: a misspelled word, its place and the right word; by default, the edit replaces right by word."""
    edits = edits or [change(file, right, word)]
    return pytest.param(edits, f"{file}:{line}", word, right, id=title)


def change_both(file: str, catalogue: str, right: str, word: str) -> list[Edit]:
    """Return the edits that replace right by word in an English file and in its catalogue."""
    return [change(name, right, word) for name in (file, f"{LOCALE}/{catalogue}.po")]


@pytest.mark.parametrize(
    ("edits", "where", "word", "right"),
    [
        misspelled("on a page", PAGE, 14, "Cehck", "Check", *change_both(POT, "guides/port", "Check", "Cehck")),
        misspelled(
            "in a fact", FACTS, 1, "secnods", "seconds", *change_both(FACTS, "facts", "60 seconds", "60 secnods")
        ),
        misspelled("in a comment", APP, 4, "choosen", "chosen", *change_both(POT, "guides/port", "chosen", "choosen")),
        misspelled(
            "in a drawing", DRAWING, 2, "listesn", "listens", *change_both(HOME_POT, "index", "listens", "listesn")
        ),
        misspelled("in Spanish", PO, 28, "cuasa", "causa"),
        misspelled("in Spanish, without its accent", PO, 28, "aqui", "aquí", change(PO, "La causa", "La causa aqui")),
        misspelled("in the title of a role", PO, 28, "sigeu", "sigue", change(PO, "lo que sigue", "lo que sigeu")),
        misspelled(
            "a name that the English writes otherwise",
            HOME_PO,
            28,
            "Flaks",
            "Flask",
            change(HOME_PO, "de Flask", "de Flaks"),
        ),
        misspelled("in a Spanish comment", PO, 22, "elgie", "elige"),
        misspelled("in the Spanish of a drawing", HOME_PO, 19, "Ecsucha", "Escucha"),
        misspelled("in the glossary", TERMS, 2, "petisión", "petición"),
    ],
)
def test_misspelled_word_is_a_finding_with_its_line(project, edits, where, word, right):
    """The suggestions depend on the machine's dictionaries, so only the right word among them is compared."""
    for edit in edits:
        edit(project)
    # A misspelled name also causes the finding that it is not in the English sentence, which is ignored here.
    (found,) = [found for found in findings(project) if "English sentence" not in found]
    words = SPANISH_WORDS if "locale/" in where else WORDS
    assert found.startswith(f"{where}: “{word}” is not in the dictionary: write “"), found
    assert f"“{right}”" in found
    assert found.endswith(f", or add it to {words} with the reason.")


@pytest.mark.parametrize(
    ("directive", "advice"),
    [
        ("{sources} 7", "docs/about/sources.toml has no row of a guide 7: correct one of them."),
        ("{versions} snipets", "there are no versions of 'snipets': write snippets, or site."),
    ],
)
def test_typo_in_what_a_table_shows_is_reported(project, directive, advice):
    change("docs/index.md", "{sources} 1", directive)(project)
    assert any(advice in line for line in collect(project))


@pytest.mark.parametrize("folder", ["migrations", "broken-site"])
def test_name_of_a_folder_above_the_project_hides_nothing(good, tmp_path, folder):
    root = shutil.copytree(good, tmp_path / folder / "project")
    assert collect(root) == []
    assert "It is chosen." in catalogues.load_templates(root)["guides/port"]
    write("snippets/port/uwsgi.ini", "[uwsgi]\n")(root)
    change(PROCFILE, "\n", "\nweb:app\n")(root)
    assert findings(root) == [NOT_SHOWN, NO_SPACE]


def test_sentence_of_a_data_file_has_its_own_line(project):
    entry = '[{0}]\ndate = 2026-01-31\nkind = "new"\nwhat = "The {0} change."\npage = "guides/port"\n\n'
    write("docs/about/changes.toml", entry.format("first") + entry.format("second"))(project)
    write(record.FILE, (ROOT / record.FILE).read_bytes())(project)
    write("docs/about/changes.md", "# Changes\n\n```{changes} new\n```\n\n```{measurements}\n```\n")(project)
    collect(project)
    found = catalogues.load_templates(project)["about/changes"]
    assert found["The first change."].locations == [("docs/about/changes.toml", 4)]
    assert found["The second change."].locations == [("docs/about/changes.toml", 10)]
    [(file, line)] = found["1 worker with 8 threads"].locations
    assert file == "handbook/bench/setups.py"
    assert '"1 worker with 8 threads"' in (ROOT / file).read_text("utf-8").splitlines()[line - 1]


def test_foreign_word_in_italics_or_quotes_is_accepted(project):
    change(PO, "La causa está", "La *app* de un «dyno» está")(project)
    assert findings(project) == []
    change(PO, "*app* de un «dyno»", "app de un dyno")(project)
    for word, found in zip(("app", "dyno"), findings(project), strict=True):
        assert found.startswith(f"{PO}:28: “{word}” is not in the dictionary: write “*{word}*”"), found


def test_a_page_without_a_test_module_is_tested_where_the_checks_say():
    for slug, module in structure.TESTED_ELSEWHERE.items():
        assert slug in (ROOT / module).read_text("utf-8"), f"{module} does not name the page {slug}"
        assert not (ROOT / "tests" / "pages" / f"{page_test_name(slug)}.py").exists()


def test_a_language_that_there_is_not_is_refused_in_one_line(project, monkeypatch):
    monkeypatch.setattr(make_check, "ROOT", project)
    with pytest.raises(SystemExit) as stop:
        make_check.main(["--in", "spanish"])
    assert stop.value.code == "Say in which language: make check IN=en or IN=es, not spanish."


def test_missing_dictionary_names_the_package_to_install(project, monkeypatch):
    monkeypatch.setattr(spelling, "dictionary_name", {"en": "en_US", "es": "xx_XX"}.get)
    advice = "Hunspell has no dictionary xx_XX: install its package, such as hunspell-xx-xx."
    assert findings(project) == [f"{SPANISH_WORDS}: {advice}"]
    write("locale/es/language.toml", "finished = false")(project)
    assert findings(project) == []


def test_dictionary_is_that_of_the_largest_country_unless_the_code_names_one():
    assert [spelling.dictionary_name(code) for code in ("en", "es", "pt", "pt_PT")] == [
        "en_US",
        "es_ES",
        "pt_BR",
        "pt_PT",
    ]


def test_spanish_imperative_with_pronoun_is_checked_by_its_verb_and_accent(project):
    change(PO, "La causa está", "Súbelos, cancélalo, aplázala: está")(project)
    assert findings(project) == []
    change(PO, "Súbelos, cancélalo, aplázala", "Subelos, cancelálo, aplacízala")(project)
    found = [re.search("“[^”]+”", found)[0] for found in findings(project)]
    assert found == ["“Subelos”", "“cancelálo”", "“aplacízala”"]


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ('request == "petición"', f"{TERMS}:2: this is not TOML: Invalid value. Correct the line."),
        ('request = { avoid = ["x"] }', f"{TERMS}:2: request has no es: write it."),
        ('request = "petición"', f"{TERMS}:2: request: write {{ es = "),
        ('request = { es = "x", avoid = "x" }', f"{TERMS}:2: request: write {{ es = "),
        ('request = { es = "x" }\n[avoid]\nx = 1', f"{TERMS}:3: avoid: write the tables [words], "),
        ('request = { es = "x", avoid = [1] }', f"{TERMS}:2: request: write {{ es = "),
        ('request = { es = ["x"] }', f"{TERMS}:2: request: write {{ es = "),
        ('request = { es = "x", notes = "y" }', f"{TERMS}:2: request: write {{ es = "),
        ('request = { es = "x", avoid = ["(x"] }', f"{TERMS}: (x is not a regular expression: "),
        ('request = { es = "x" }\n[names]\nTLS = 1', f"{TERMS}:4: [names] TLS: write added = "),
        ('request = { es = "x" }\n[names]\nTLS = ""', f"{TERMS}:4: [names] TLS: write added = "),
        ('request = { es = "x" }\n[names]\nadded = "TLS"', f"{TERMS}:4: [names] added: write added = "),
        ('request = { es = "x" }\n[names]\nadded = [1]', f"{TERMS}:4: [names] added: write added = "),
        ('request = { es = "x" }\n[numbers]\nthree = 3', f"{TERMS}:4: three: write what it is called, "),
        ('request = { es = "x" }\n[never]\n"x" = 1', f"{TERMS}:4: x: write what to write instead"),
        ('request = { es = "x" }\n[never]\n"[x" = "y"', f"{TERMS}: [x is not a regular expression: "),
    ],
)
def test_invalid_glossary_is_reported_in_one_line(project, text, advice):
    write(TERMS, f"[words]\n{text}\n")(project)
    assert data_error(terms.load_terms, project, "es").startswith(advice)


def test_check_that_cannot_read_its_data_file_reports_where():
    def check(root):
        raise DataError("docs/facts.toml", 3, "write the value.")

    assert [str(finding) for finding in run_check(check, ROOT)] == ["docs/facts.toml:3: write the value."]


def test_make_check_shows_what_changes_for_readers_of_a_translation(project):
    assert list(difference.list_changes(project)) == []
    git(project, "init", "--quiet")
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message=x")
    assert list(difference.list_changes(project)) == []
    change(PO, "[esto](/index.md)", "[eso](/index.md)")(project)
    change(PO, ES_SENTENCE_GET, ES_SENTENCE_GET.replace("Responder", "Contestar"))(project)
    change(PO, "Se elige.", "Lo elige Heroku.")(project)
    write("locale/stray.po", "")(project)  # it belongs to no language
    git(project, "add", "--all")
    assert list(difference.list_changes(project)) == [
        f"{PO}: _build/html/es/guides/port.html",
        "-Qué consigues. Responder a una petición en `PORT` en 60 segundos.",
        "-Antes. Lee esto. Pulsa `Deploy` y luego `git push`.",
        "-Se elige.",
        "+Qué consigues. Contestar a una petición en `PORT` en 60 segundos.",
        "+Antes. Lee eso. Pulsa `Deploy` y luego `git push`.",
        "+Lo elige Heroku.",
    ]
    write(PO, "<<<<<<< HEAD\n")(project)
    git(project, "commit", "--quiet", "--all", "--message=x")
    write(PO, 'msgid "Ports"\nmsgstr "Puertos"\n')(project)
    assert list(difference.list_changes(project)) == []


def test_file_that_an_editor_or_a_system_leaves_is_no_finding(project):
    for name in (".DS_Store", "port.md~", ".port.md.swp", "__pycache__/port.md"):
        write(f"docs/guides/{name}", b"\xff")(project)
        write(f"snippets/port/{name}", b"\xff")(project)
    (project / "docs/guides/.#port.md").symlink_to("somebody@somewhere")
    (project / "snippets/port/.#app.py").symlink_to("somebody@somewhere")
    assert findings(project) == []


def test_name_from_an_old_guide_is_found_by_its_hash(project, monkeypatch):
    monkeypatch.setattr(privacy, "NAME_HASHES", {hashlib.sha256(b"zaphod").hexdigest()[:16]})
    write("docs/index.md", "By Zaphod.\n")(project)
    assert findings(project) == ['docs/index.md:1: "zaphod" is a name from one of the old guides: leave it out.']


def test_privacy_check_reads_untracked_files_and_skips_ignored_ones(tmp_path):
    git(tmp_path, "init", "--quiet")
    address = "ana@heroku.com"
    write_files(tmp_path, {".gitignore": "/out/\n", "out/a.md": address, "docs/año.md": address})
    assert [str(finding) for finding in privacy.check_privacy(tmp_path)] == [
        "docs/año.md:1: an e-mail address: use you@example.com."
    ]


@pytest.mark.parametrize(
    ("option", "printed"),
    [
        pytest.param("", [f'{PO}:13: "Ports" is not translated: write msgstr.'], id="make check"),
        pytest.param("--sources", [], id="make html"),
    ],
)
def test_each_finding_is_one_line_and_a_draft_without_spanish_can_be_built(
    project, option, printed, monkeypatch, capsys
):
    monkeypatch.setattr(make_check, "ROOT", project)
    arguments = [option] if option else []
    assert make_check.main(arguments) == 0
    capsys.readouterr()
    change(PAGE, SENTENCE_CAUSE, "    import app")(project)
    change(PO, PORTS, 'msgstr ""')(project)
    assert make_check.main(arguments) == 1
    printed = [f"{PAGE}:16: {CODE}", *printed]
    assert capsys.readouterr().out.splitlines() == [
        *printed,
        f"{len(printed)} problem{'' if len(printed) == 1 else 's'}",
    ]


def test_sphinx_says_on_one_line_which_snippet_cannot_be_shown_and_where(project):
    write("snippets/port/wrong.py", WRONG_PYTHON)(project)
    shown = ["gone.py", "wrong.py", "app.py\n:part: web"]
    blocks = "".join(f"```{{snippet}} port/{name}\n```\n" for name in shown)
    write("docs/index.md", GOOD["docs/index.md"] + blocks)(project)
    assert collect(project) == [
        f"docs/index.md:17: ERROR: {GONE % 'gone.py'} [docutils]",
        "docs/index.md:19: ERROR: snippets/port/wrong.py is not Python: unindent does not match any outer indentation"
        " level. Correct the file. [docutils]",
        'docs/index.md:21: ERROR: snippets/port/app.py has no part "web" (it has: port): mark it with the lines'
        ' "# part: web" and "# end: web". [docutils]',
    ]


def test_a_snippet_in_another_encoding_stops_the_build_with_its_line(project):
    write(APP, "# Año\n".encode("latin-1"))(project)
    assert collect(project) == [f"{APP}:1: this is not UTF-8: save it as that."]


def catalogue_files(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in (root / "locale").rglob("*.*")}


CHANGED = """\
#, fuzzy
#| msgid ""
#| "how long a web process may take to bind its port before the log says 'R10' and the process is "
#| "stopped"
msgid ""
"how long a web process may take to bind the port before the log says 'R10' and the process is "
"stopped"
msgstr ""
"cuánto puede tardar un proceso web en escuchar en su puerto antes de que el registro diga «R10»"

msgid "Quite another thing"
msgstr ""

msgid "It works."
msgstr "Funciona."
"""


def test_make_po_keeps_a_translation_marks_a_changed_one_and_drops_a_removed_one(project, capsys):
    change(HOME_POT, "to bind its port", "to bind the port")(project)
    change(HOME_POT, "A port of Flask", "Quite another thing")(project)
    catalogues.main(project)
    assert (project / HOME_PO).read_text("utf-8").endswith(CHANGED)
    assert findings(project) == [
        f'{HOME_PO}:22: "how long a web process may take to bind the port before …" {FUZZY[8:]}',
        f'{HOME_PO}:32: "Quite another thing" is not translated: write msgstr.',
    ]
    capsys.readouterr()
    catalogues.main(project)
    said = r"locale/es: \d+ messages: 1 not translated, 1 to correct because the English changed\n"
    assert re.fullmatch(said, capsys.readouterr().out)


@pytest.mark.parametrize("finished", [0, 1])
def test_an_interrupted_make_po_leaves_each_catalogue_as_it_was_or_complete(project, finished, monkeypatch):
    change(FACTS, "60 seconds", "a minute")(project)
    change(POT, "It is", "It was")(project)
    before = catalogue_files(project)
    complete = shutil.copytree(project, project.with_name("complete"))
    catalogues.main(complete)
    left = [os.replace] * finished

    def interrupted(source, target):
        if not left:
            raise KeyboardInterrupt
        left.pop()(source, target)

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        catalogues.main(project)
    after, wanted = catalogue_files(project), catalogue_files(complete)
    changed = [name for name in after if after[name] != before[name]]
    assert after.keys() == before.keys()
    assert len(changed) == finished
    assert all(after[name] == wanted[name] for name in changed)


@pytest.mark.parametrize(("edits", "expected"), UNREADABLE)
def test_make_po_stops_at_what_it_cannot_read_and_changes_nothing(project, edits, expected):
    for edit in [*edits, change(FACTS, "60 seconds", "a minute")]:
        edit(project)
    before = catalogue_files(project)
    with pytest.raises(SystemExit) as stop:
        catalogues.main(project)
    assert [stop.value.code] == expected
    assert catalogue_files(project) == before
