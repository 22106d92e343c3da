"""The directive ``snippet``: a file of snippets/, whole or one marked part of it.

::

    ```{snippet} gunicorn/gunicorn.conf.py
    :part: threads
    ```

shows the lines between "# part: threads" and "# end: threads". The caption is the
file's name ("In the terminal" for commands, "What you see" for messages), the language of the
highlighting follows from it, and comments are shown in the language of the page.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from pygments.lexer import RegexLexer, bygroups
from pygments.token import Comment, Name, Operator, Text
from sphinx.application import Sphinx
from sphinx.locale import _
from sphinx.util.docutils import SphinxDirective

from handbook import snippet_comments as comments
from handbook.data_files import read_text
from handbook.translation import messages

# The only way to write it: handbook/checks/structure.py refuses any other.
SNIPPET_DIRECTIVE = re.compile(r"^```\{snippet\} (\S+)$", re.MULTILINE)
LEXERS = {".py": "python", ".ini": "ini", ".toml": "toml", ".json": "json", ".yml": "yaml", ".js": "javascript"}
LEXERS |= {"Procfile": "procfile", "Dockerfile": "docker", ".console": "console", ".bash": "bash"}


class ProcfileLexer(RegexLexer):
    name = "Procfile"
    aliases: ClassVar = ["procfile"]
    tokens: ClassVar = {
        "root": [
            (r"^\s*#.*$", Comment),
            (r"^([\w-]+)(:)(.*)$", bygroups(Name.Tag, Operator, Text)),
            (r".+|\n", Text),
        ]
    }


def list_snippets(root: Path, page: str | Path) -> list[str]:
    """Return the files that a page such as "guides/gunicorn" shows, in its order, relative to snippets/."""
    return SNIPPET_DIRECTIVE.findall(read_text(root, f"docs/{page}.md"))


def extract_part(text: str, name: str | None) -> str:
    """Return the marked part of text (the whole text for None), without markers or indentation.

    Raises KeyError with the list of the existing parts if there is no such part.
    """
    lines = text.split("\n")
    if name:
        marks = {found.groups(): i for i, line in enumerate(lines) if (found := comments.MARKER.match(line))}
        start, end = marks.get(("part", name)), marks.get(("end", name))
        if start is None or end is None:
            raise KeyError(sorted(marked for kind, marked in marks if kind == "part"))
        lines = lines[start + 1 : end]
    lines = [line for line in lines if not comments.is_marker(line)]
    indent = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return "\n".join(line[indent:] for line in lines).strip("\n") + "\n"


class Snippet(SphinxDirective):
    required_arguments = 1
    option_spec: ClassVar = {"part": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        path = Path(self.env.srcdir).parent / "snippets" / self.arguments[0]
        shown = f"snippets/{self.arguments[0]}"
        if not path.is_file():
            raise self.error(f"{shown} does not exist: write the file, or correct its name here.")
        self.env.note_dependency(str(path))
        try:
            content = list(self.translate_content(path))
        except SyntaxError as error:
            raise self.error(f"{shown} is not Python: {error.msg}. Correct the file.") from None
        except KeyError as error:
            raise self.error(
                f'{shown} has no part "{self.options["part"]}" (it has: {", ".join(error.args[0]) or "none"}): '
                f'mark it with the lines "# part: {self.options["part"]}" and "# end: {self.options["part"]}".'
            ) from None
        return [self.wrap_block(path, content)]

    def translate_content(self, path: Path) -> Iterator[nodes.Node]:
        """Yield the shown text, its comments as translatable nodes; then the file's other comments as empty nodes."""
        text, name = read_text(Path(self.env.srcdir).parent, path), Path(self.arguments[0])
        new = messages.translatable_text.create
        found = [new(said, path, row + 1) for row, _column, said in comments.find_comments(name, text)]
        numbers = iter(range(len(found)))
        marked = comments.translate_comments(name, text, lambda _comment: f"\0{next(numbers)}\0")
        shown: set[int] = set()
        for index, piece in enumerate(extract_part(marked, self.options.get("part")).split("\0")):
            if index % 2:
                shown.add(int(piece))
            yield found[int(piece)] if index % 2 else nodes.Text(piece)
        for number in set(range(len(found))) - shown:
            found[number].clear()
            yield found[number]

    def wrap_block(self, path: Path, content: list[nodes.Node]) -> nodes.Node:
        lexer = LEXERS.get(path.name) or LEXERS.get(path.suffix, "text")
        block = nodes.literal_block("", "", *content, language=lexer)
        block.rawsource = block.astext()
        self.set_source_info(block)
        classes = ["literal-block-wrapper", find_kind(path)]
        classes += [name for name in ("broken", "form") if f"/{name}-" in self.arguments[0]]
        if part := self.options.get("part"):
            classes.append(f"part-{part}")
        return nodes.container("", make_caption(path, self.arguments[0]), block, literal_block=True, classes=classes)


def find_kind(path: Path) -> str:
    """Return what a block is to a reader: a "command" to run, a "transcript" of commands and what they print,
    a "message" to expect, or a "file" to write.
    """
    if path.suffix in (".bash", ".console"):
        return "command" if path.suffix == ".bash" else "transcript"
    return "message" if path.name == "expected.txt" else "file"


def make_caption(path: Path, argument: str) -> nodes.caption:
    if find_kind(path) in ("command", "transcript"):
        return nodes.caption("", _("In the terminal"))
    if find_kind(path) == "message":
        return nodes.caption("", _("What you see"))
    variants = [part for part in Path(argument).parts[1:] if part.startswith(("broken-", "form-"))]
    name = Path(*Path(argument).parts[1 + len(variants) :]).as_posix()
    found = nodes.caption("", "", nodes.literal(name, name))
    if any(variant.startswith("broken-") for variant in variants):
        found += [nodes.Text(" "), nodes.inline("", _("fails, on purpose"), classes=["broken-label"])]
    return found


def setup(app: Sphinx) -> None:
    app.add_directive("snippet", Snippet)
    app.add_lexer("procfile", ProcfileLexer)
