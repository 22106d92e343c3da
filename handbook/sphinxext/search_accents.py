"""Search that finds a word with and without its accents, in every language.

Sphinx shortens each word to its stem when it writes the index, and each word of a question when a
reader asks. Both lose their accents first: here for the index, in docs/_static/search.js for the reader.
"""

import unicodedata
from importlib import import_module

from sphinx import search
from sphinx.application import Sphinx


def plain(word: str) -> str:
    """Return a word without its accents, as plain() of search.js does."""
    letters = (letter for letter in unicodedata.normalize("NFD", word) if unicodedata.category(letter)[0] != "M")
    return unicodedata.normalize("NFC", "".join(letters))


class WithoutAccents:
    def stem(self, word: str) -> str:
        return super().stem(plain(word))


def search_language(code: str) -> type[search.SearchLanguage]:
    """Return Sphinx's search of a language (of English where it has none), made deaf to accents."""
    found = search.languages.get(code.partition("_")[0], search.SearchEnglish)
    if isinstance(found, str):
        module, _dot, name = found.rpartition(".")
        found = getattr(import_module(module), name)
    return type(found.__name__, (WithoutAccents, found), {"lang": code})


def setup(app: Sphinx) -> dict:
    app.add_search_language(search_language(app.config.language))
    # With another version, the next build writes its index anew.
    return {"env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}
