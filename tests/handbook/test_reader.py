"""handbook/reader: what a terminal shows, and the texts of a page in the words of this machine."""

import os
from types import SimpleNamespace

from handbook.fake_heroku.process import eventually
from handbook.reader import transcript
from handbook.reader.terminal import Terminal
from handbook.reader.walkthrough import Reader


def test_character_that_arrives_in_two_parts_is_shown_whole(tmp_path):
    script = r"stty -echo; printf 'caf\303'; read -r _; printf '\251'"
    with Terminal(["bash", "-c", script], tmp_path, {"PATH": os.environ["PATH"]}) as screen:
        assert eventually(lambda: "caf" in screen.log)
        screen.send_keys("\r")
        assert screen.wait() == 0
        screen.reader.join(60)  # it ends when the last program has
    assert screen.log == "café"


def test_texts_are_replaced_as_they_are_and_not_as_patterns(laptop):
    reader = Reader(laptop, SimpleNamespace(apps={}))
    reader.substitutions |= {"http://a.example": r"C:\1"}
    assert reader.localize("http://a.example http://a-example") == r"C:\1 http://a-example"
    assert transcript.normalize("~/a.b ~/a-b", {"a.b": r"\1"}) == "~/\\1 ~/a-b\n"
