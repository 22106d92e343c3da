"""Structure: a slug names one page and its files, every block is a file, every file is shown and tested."""

import re
from collections.abc import Iterator
from pathlib import Path

from markdown_it import MarkdownIt
from mdit_py_plugins.colon_fence import colon_fence_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

from handbook import known_errors
from handbook.checks import Finding, list_pages, pages_by_slug
from handbook.data_files import DataError, read_text
from handbook.fake_heroku import procfile
from handbook.paths import is_leftover, page_test_name
from handbook.snippet_comments import MIGRATIONS
from handbook.sphinxext.commands import PROMPT
from handbook.sphinxext.snippet import SNIPPET_DIRECTIVE
from handbook.variants import read_changes, read_needs

# TEST_FILES are never shown. APP_FILES, which every app needs to boot, need not be shown; all other files must be.
TEST_FILES = {"changes.txt", "needs.txt"}
APP_FILES = {"app.py", "requirements.txt", ".python-version", "Procfile"}
CODE_DIRECTIVES = {"code", "code-block", "code-cell", "sourcecode", "literalinclude", "include", "parsed-literal"}
CODE_DIRECTIVES |= {"eval-rst", "raw"}  # these can contain any of the others
PICTURE_DIRECTIVES = {"image", "figure"}
PICTURE_ADVICE = "a picture's words cannot be translated: draw it in docs/_drawings, and use {drawing}."
# Every guide has these parts in this order, so that readers learn the order once.
GUIDE_PARTS = ["**What you get.**", "**Before you start.**", "## Check it", "## If it fails", "**Next:**"]
MAX_GUIDE_WORDS = 750
# A comment of Python that ruff has formatted: on a line of its own, or after two spaces.
COMMENT = re.compile(r"(?:^ *|  )#.*", re.MULTILINE)
# Pages whose claims are tested elsewhere than in tests/pages/test_<slug>.py.
TESTED_ELSEWHERE = {
    "index": "tests/site/test_front_page.py",
    "changes": "tests/site/test_machine_readable.py",
    "glossary": "tests/handbook/test_checks.py",
    "paste-your-log": "tests/site/test_log_box.py",
    "push-to-dyno": "tests/site/test_drawings.py",
    "tested": "tests/handbook/test_checks.py",
    "translations": "tests/handbook/test_translations.py",
}
SLUG = re.compile("[a-z0-9]+(-[a-z0-9]+)*")


def check_structure(root: Path) -> Iterator[Finding]:
    shown: dict[str, set[str]] = {}
    for page in list_pages(root):
        yield from check_page(root, page, shown.setdefault(page.stem, set()))
    yield from check_drawings(root)
    yield from check_slugs(root)
    yield from check_snippets(root, shown)
    yield from check_procfiles(root)
    yield from check_variants(root)


def find_blocks(text: str, first_line: int = 1) -> Iterator[tuple[str, str, str, int]]:
    """Yield (kind, argument, body, line) for each block of code or directive, nested ones too.

    kind is "{name}" for a directive, the language (or "") for a fence, "indented" or "html" for a block of either.
    """
    parser = MarkdownIt("commonmark").use(colon_fence_plugin).use(front_matter_plugin)
    for token in parser.parse(text):
        line = first_line + (token.map[0] if token.map else 0)
        if token.type == "code_block":
            yield "indented", "", token.content, line
        elif token.type == "html_block" and "<pre" in token.content:
            yield "html", "", token.content, line
        elif token.type in ("fence", "colon_fence"):
            # MyST accepts an argument without a space after {name}.
            found = re.match(r"(\{[^}]*\}|\S*)(.*)", token.info.strip())
            kind, argument = found.groups() if found else ("", "")
            yield kind, argument.strip(), token.content, line
            if kind.startswith("{"):
                yield from find_blocks(token.content, line + 1)


def check_page(root: Path, page: Path, shown: set[str]) -> Iterator[Finding]:
    path = f"docs/{page.as_posix()}"
    text = read_text(root, path)
    lines = text.splitlines()
    for kind, argument, body, line in find_blocks(text):
        if not kind.startswith("{"):
            yield Finding(
                path, line, "code inside a page is never tested: put it into a file under snippets/ and use {snippet}."
            )
        elif kind.strip("{}") in CODE_DIRECTIVES:
            yield Finding(path, line, f"{kind} is not used here: put the code under snippets/ and use {{snippet}}.")
        elif kind.strip("{}") in PICTURE_DIRECTIVES:
            yield Finding(path, line, PICTURE_ADVICE)
        elif kind == "{snippet}":
            shown.add(argument)
            file = root / "snippets" / argument
            if not file.is_file():
                yield Finding(
                    path, line, f"snippets/{argument} does not exist: write the file, or correct its name here."
                )
            elif not file.read_bytes().strip():
                yield Finding(path, line, f"snippets/{argument} is empty: write the file, or do not show it.")
            elif argument.endswith(".console") and not read_text(root, file).startswith(PROMPT):
                yield Finding(
                    f"snippets/{argument}", 1, f'a transcript begins with a command: write it after "{PROMPT}".'
                )
            elif not SNIPPET_DIRECTIVE.match(lines[line - 1]):
                advice = "at the beginning of a line: the lists of commands and files read only that."
                yield Finding(path, line, f"write ```{{snippet}} {argument} {advice}")
            for option in re.findall(r"^:([\w-]+):", body, re.MULTILINE):
                if option != "part":
                    part = "mark a part of the file with `# part: name` and `# end: name`, and write :part: name."
                    yield Finding(path, line, f":{option}: is not used here: {part}")
    for number, words in enumerate(lines, 1):
        if re.search(r"\[[^\]]+\]\[[^\]]*\]", words):
            yield Finding(path, number, "[text][ref] breaks in translations: write [text](target).")
        if any("{{" in span for span in re.findall(r"`([^`]*)`", words)):
            yield Finding(path, number, "inside `…`, {{ name }} is not replaced by its value: write it outside.")
        if "<!--" in words:
            yield Finding(path, number, "a comment of HTML would be published with the page: delete it.")
        if "![" in words:
            yield Finding(path, number, PICTURE_ADVICE)
        if re.search(r"\[\]\([^)]*\.md#", words):
            yield Finding(
                path, number, "[](page.md#part) keeps its English title in translations: write [text](#label)."
            )
    if page.parts[0] == "guides":
        yield from check_guide(path, text)


def check_drawings(root: Path) -> Iterator[Finding]:
    for path in sorted((root / "docs" / "_drawings").glob("*.svg")):
        if not re.search(r"<title>[^<]*\w[^<]*</title>", read_text(root, path)):
            advice = "no alternative text: say in <title>, its first element, what the drawing shows."
            yield Finding(path.relative_to(root).as_posix(), 1, advice)


def check_slugs(root: Path) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for path in (f"docs/{page.as_posix()}" for page in list_pages(root)):
        first = seen.setdefault(Path(path).stem, path)
        if first != path:
            yield Finding(path, 0, f"{first} has the same slug: give one another name.")
        if not SLUG.fullmatch(Path(path).stem):
            yield Finding(path, 0, "a page's name has small letters, digits and hyphens: rename it, or delete it.")


def check_guide(path: str, text: str) -> Iterator[Finding]:
    places = [f"\n{text}".find(f"\n{part}") for part in GUIDE_PARTS]
    for part, place in zip(GUIDE_PARTS, places, strict=True):
        if place < 0:
            yield Finding(path, 0, f"a guide has the part {part}: add it.")
    if -1 not in places and places != sorted(places):
        yield Finding(path, 0, f"the parts of a guide stand in this order: {', '.join(GUIDE_PARTS)}.")
    prose = re.sub(r"(?s)^```.*?^```|^\([\w-]+\)=$", "", text, flags=re.MULTILINE)  # no blocks, no labels
    words = len(prose.split())
    if words > MAX_GUIDE_WORDS:
        yield Finding(path, 0, f"{words} words: a guide has {MAX_GUIDE_WORDS} at most. Cut.")


def check_snippets(root: Path, shown: dict[str, set[str]]) -> Iterator[Finding]:
    everywhere = set().union(*shown.values())
    page_of, proofs = pages_by_slug(root), known_errors.list_proofs(root)
    for folder in sorted(path for path in (root / "snippets").glob("*") if path.is_dir()):
        slug, path = folder.name, f"snippets/{folder.name}"
        module = root / "tests" / "pages" / f"{page_test_name(slug)}.py"
        if slug not in page_of:
            yield Finding(path, 0, f"no page has this slug: write docs/<section>/{slug}.md, or delete the folder.")
            continue
        tests = COMMENT.sub("", read_text(root, module))
        for variant in sorted(folder.glob("broken-*")):
            name = f"{slug}/{variant.name}"
            if not read_message(root, variant):
                advice = "expected.txt is missing or empty: write the message it must fail with."
                yield Finding(f"snippets/{name}", 0, advice)
            elif not re.search(rf"{name}(?![\w-])", tests):
                yield Finding(f"snippets/{name}", 0, f"no test sees it fail: use it in tests/pages/{module.name}.")
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            relative = file.relative_to(root / "snippets").as_posix()
            unseen = MIGRATIONS in Path(relative).parts or is_leftover(Path(relative)) or file.name in TEST_FILES
            if unseen or relative in everywhere:
                continue
            # A broken variant is shown by one of its files, by its message on the page, or by an entry that it proves.
            variant_name = "/".join(Path(relative).parts[:2]) + "/"
            if "/broken-" in relative and (
                any(other.startswith(variant_name) for other in everywhere)
                or variant_name.rstrip("/") in proofs
                or read_message(root, root / "snippets" / variant_name) in read_text(root, Path("docs", page_of[slug]))
            ):
                continue
            if file.name not in APP_FILES or "/broken-" in relative:
                proof = f"name it as a proof in {known_errors.FILE}, " if "/broken-" in relative else ""
                advice = f"no page shows it: show it in docs/{page_of[slug]}, {proof}or delete it."
                yield Finding(f"snippets/{relative}", 0, advice)


def read_message(root: Path, variant: Path) -> str:
    """Return the first line of a variant's message, "" if expected.txt is missing or empty."""
    return read_text(root, variant / "expected.txt").strip().partition("\n")[0]


def check_page_tests(root: Path) -> Iterator[Finding]:
    """This does not keep a page from being built: it may be written before its tests."""
    for slug, page in pages_by_slug(root).items():
        module = f"tests/pages/{page_test_name(slug)}.py"
        if slug not in TESTED_ELSEWHERE and not (root / module).is_file():
            yield Finding(f"docs/{page}", 0, f"no test proves what it claims: write {module}.")


def check_variants(root: Path) -> Iterator[Finding]:
    for file, read in (("changes.txt", read_changes), ("needs.txt", read_needs)):
        for path in sorted((root / "snippets").rglob(file)):
            try:
                read(root, path.parent.relative_to(root / "snippets").as_posix())
            except DataError as error:
                yield Finding(error.file, error.line, error.advice)


def check_procfiles(root: Path) -> Iterator[Finding]:
    for path in sorted((root / "snippets").rglob("Procfile")):
        file = path.relative_to(root).as_posix()
        if "/broken-" in file:
            continue
        read_text(root, path)  # stops at what is not UTF-8, where Heroku reads on
        for number, advice in procfile.find_problems(path):
            yield Finding(file, number, advice)
