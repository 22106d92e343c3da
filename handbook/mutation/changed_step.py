"""A pytest plugin that changes one step of each page that the simulated reader follows. See mutate.py.

`--step=en:3 --becomes=TEXT`: in the English pages, step 3 (the first is 0) says TEXT; without it, step 3 is left out.
"""

from dataclasses import replace

import pytest

from handbook.reader import walkthrough
from handbook.reader.page import Block


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--step", required=True)
    parser.addoption("--becomes", default="")


def pytest_configure(config: pytest.Config) -> None:
    followed_in, _colon, number = config.getoption("step").partition(":")
    as_written, text = walkthrough.find_steps, config.getoption("becomes")

    def steps(language: str, page: str) -> list[Block]:
        found = as_written(language, page)
        if language == followed_in:
            step = slice(int(number), int(number) + 1)
            found[step] = [replace(block, text=text) for block in found[step] if text]
        return found

    walkthrough.find_steps = steps
