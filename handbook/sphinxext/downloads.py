"""The whole app of a guide as a download, _downloads/<slug>.zip, with comments in the language of the page.

A guide has one if snippets/<slug>/ has an app.py. The same files make the same zip, whoever builds it and when.
"""

from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile, ZipInfo

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.locale import _

from handbook import snippet_comments as comments
from handbook.sphinxext import tree
from handbook.translation import messages


def zip_app(app: Path, say: Callable[[str], str]) -> bytes:
    """Return a zip of the folder of an app, with comments translated by say() and without the markers of parts."""
    made = BytesIO()
    with ZipFile(made, "w") as found:
        for name in sorted(map(Path, tree.list_app_files(app))):
            content = (app / name).read_bytes()
            with suppress(UnicodeDecodeError):  # a picture stays as it is
                lines = comments.translate_comments(name, content.decode(), say).split("\n")
                content = "\n".join(line for line in lines if not comments.is_marker(line)).encode()
            found.writestr(ZipInfo(f"{app.name}/{name.as_posix()}"), content)
    return made.getvalue()


def find_app(app: Sphinx, page: str) -> Path | None:
    folder = Path(app.srcdir).parent / "snippets" / Path(page).name
    return folder if page.startswith("guides/") and (folder / "app.py").is_file() else None


def add_download_link(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Insert the download link before the first step of a guide."""
    if app.builder.name == "html" and find_app(app, page):
        name = f"{Path(page).name}.zip"
        link = nodes.reference("", "", nodes.literal(name, name), refuri=f"../_downloads/{name}")
        words = nodes.Text(_("Download all files of this guide as an app, to compare with yours:") + " ")
        section = next(doctree.findall(nodes.section), None)
        if section is None:  # a page without a heading, of which Sphinx warns
            return
        place = section.first_child_matching_class(nodes.section)
        section.insert(
            len(section) if place is None else place, nodes.paragraph("", "", words, link, classes=["download"])
        )


def write_downloads(app: Sphinx, error: Exception | None) -> None:
    if app.builder.name == "html" and not error:
        folder = messages.catalogue_folder(app.srcdir, app.config)
        # The comments of an app may be in another page's catalogue, because that page shows the file too.
        catalogues = map(messages.load_translations, sorted(folder.rglob("*.po")))
        translated = {english: said for found in catalogues for english, said in found.items() if said}
        for at in filter(None, [find_app(app, page) for page in app.env.found_docs]):
            path = Path(app.outdir, "_downloads", f"{at.name}.zip")
            path.parent.mkdir(exist_ok=True)
            with suppress(SyntaxError):  # `make check` reports a file that is not Python
                path.write_bytes(zip_app(at, lambda words: translated.get(words) or words))


def setup(app: Sphinx) -> None:
    app.connect("doctree-resolved", add_download_link)
    app.connect("build-finished", write_downloads)
