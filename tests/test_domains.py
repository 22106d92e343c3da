"""docs/guides/domains.md: what can be proved without a domain; its commands: tests/test_commands.py."""

import re

from tests import SNIPPETS


def test_the_template_names_the_host_of_the_commands_and_nobody():
    text = (SNIPPETS / "domains" / "request.txt").read_text("utf-8")
    host = (SNIPPETS / "domains" / "add.bash").read_text("utf-8").split()[-1]
    assert set(re.findall(r"[\w.-]+\.(?:com|org|net)", text)) == {host} == {"www.example.com"}
