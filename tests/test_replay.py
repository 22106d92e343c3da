"""docs/about/tested.md, "As a reader would": pages are followed from an empty folder, in each language.

The test reads the built page: it writes each file, runs each command in a shell and waits for each message,
in the order of the page. Leave out one step, and it fails at the place that needed it.
"""

import os
from itertools import pairwise

import pytest
import requests

from tests import SITE
from tests.platform.dyno import free_port
from tests.platform.page import Block, blocks

LANGUAGES = sorted(folder.name for folder in SITE.iterdir() if (folder / "index.html").is_file())
LOGIN = "heroku login"  # asks a person, in a browser


class Reader:
    """Somebody who does what a page says, with a laptop and an account on Heroku.

    Flask's port 5000 may be taken on a real machine, so it is another one here, on the laptop and on the dyno.
    """

    def __init__(self, laptop, heroku):
        self.laptop, self.heroku, self.port = laptop, heroku, str(free_port())
        laptop.env["FLASK_RUN_PORT"] = heroku.config["FLASK_RUN_PORT"] = self.port
        self.answer = ""

    def follow(self, page: list[Block]) -> None:
        last = Block("", "", "", "the end of the page")
        for block, following in pairwise([*page, last]):
            getattr(self, block.kind)(block, following)

    def file(self, block: Block, _following: Block) -> None:
        (self.laptop.folder / block.name).write_text(block.text, "utf-8")

    def command(self, block: Block, following: Block) -> None:
        status = self.laptop.type(block.text.replace(LOGIN, ":"))
        failed = status and following.kind != "message"  # a message says how it must fail
        assert not failed, f"{block.place} failed:\n{self.laptop.terminals[-1].log}"
        self.heroku.settle()
        if block.text.startswith("heroku open"):
            address = self.laptop.opened()
            assert address, f"{block.place}: no address was opened:\n{self.laptop.terminals[-1].log}"
            self.answer = requests.get(address, timeout=60).text

    def message(self, block: Block, _following: Block) -> None:
        for line in block.text.splitlines():
            line = line.strip().replace(":5000", f":{self.port}")
            assert self.laptop.sees(line), f"{block.place}: nothing says “{line}”:\n{self.laptop.terminals[-1].log}"


@pytest.fixture
def reader(laptop, heroku) -> Reader:
    return Reader(laptop, heroku)


def steps(language: str, page: str) -> list[Block]:
    """Return the blocks of a page, without the one that `make mutate` leaves out."""
    dropped, _colon, number = os.environ.get("DROP_STEP", "").partition(":")
    found = blocks(language, page)
    return [block for index, block in enumerate(found) if (dropped, number) != (language, str(index))]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_deploy_ends_with_an_answer(reader, language):
    reader.follow(steps(language, "tutorial/first-deploy"))
    assert reader.answer == "Hello"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_written_as_the_dashboard_tutorial_says_becomes_an_app(reader, language):
    """The page has only files: Deploy Branch is the build of the branch that holds them."""
    reader.follow(steps(language, "tutorial/dashboard"))
    heroku = reader.heroku
    heroku.create({"name": "hello-heroku"})
    built = heroku.push({"folder": str(reader.laptop.folder), "commit": "main"})
    assert built["accepted"], built["log"]
    assert " !     " not in built["log"]
    heroku.settle()
    assert requests.get(heroku.router.url, timeout=60).text == "Hello"
