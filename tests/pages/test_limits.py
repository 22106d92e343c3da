"""docs/reference/limits.md and docs/facts.toml: every number has a source and a day."""

import datetime
import re
from urllib.parse import urlsplit

import pytest
from docutils import nodes

from handbook.checks.facts import check_age
from handbook.paths import ROOT, SITE
from handbook.translation import messages
from tests.conftest import LANGUAGES, parse_page


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_row_links_to_its_source_and_says_the_day_somebody_looked(facts, language):
    page = parse_page(SITE / language / "reference" / "limits.html")
    shown = {
        row.get("id"): (row.xpath("td[3]//a/@href"), row.xpath("string(td[4])")) for row in page.xpath("//tbody/tr")
    }
    assert shown == {
        nodes.make_id(name): ([fact["source"]], fact["checked"].isoformat()) for name, fact in facts.items()
    }


@pytest.mark.parametrize("language", ["en", "es"])
def test_limits_table_lists_every_fact(facts, language):
    page = parse_page(SITE / language / "reference" / "limits.html")
    rows = [[cell.text_content().replace("’", "'") for cell in row.findall("td")] for row in page.iter("tr")][1:]
    said = messages.load_translations(ROOT / "locale" / language / "LC_MESSAGES" / "reference" / "limits.po")
    states = [f"{urlsplit(fact['source']).netloc}: {said.get(fact['seen'], fact['seen'])}" for fact in facts.values()]
    plain = [re.sub(r"[`*]", "", state).replace("’", "'") for state in states]
    assert sorted(row[2] for row in rows) == sorted(plain)
    assert sorted(row[3] for row in rows) == sorted(fact["checked"].isoformat() for fact in facts.values())
    if language == "en":
        assert {(row[0], row[1]) for row in rows} == {
            (fact["about"].replace("`", ""), fact["value"]) for fact in facts.values()
        }


def test_no_page_repeats_a_price():
    for path in (ROOT / "docs").rglob("*.md"):
        assert not re.search(r"\$\d|\d+ USD", path.read_text("utf-8")), f"{path}: a price belongs into docs/facts.toml"


def test_a_fact_expires_after_180_days(facts):
    day = min(fact["checked"] for fact in facts.values())
    assert not list(check_age(ROOT, day + datetime.timedelta(days=180)))
    name, fact = next((name, fact) for name, fact in facts.items() if fact["checked"] == day)
    found = [str(finding) for finding in check_age(ROOT, day + datetime.timedelta(days=181))]
    assert any(f"{name} was looked at 181 days ago: read {fact['source']} again" in finding for finding in found)
