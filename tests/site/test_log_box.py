"""docs/reference/paste-your-log.md: a log is read in the browser, and the cause comes first."""

import json
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from lxml import html
from playwright.sync_api import Page, expect

from handbook import known_errors
from handbook.paths import SITE
from tests.conftest import LANGUAGES
from tests.recognition import ENTRIES
from tests.site.conftest import AXE_RULES, DESK_WIDTH, PHONE_WIDTH

ADDRESS = "reference/paste-your-log.html"
WHEN = "2026-01-31T12:00:00.000000+00:00"
CRASH = f"""{WHEN} app[web.1]: Traceback (most recent call last):
{WHEN} app[web.1]:   File "/app/app.py", line 1, in <module>
{WHEN} app[web.1]: KeyError: 'SECRET_WORD'
{WHEN} app[web.1]: [{WHEN[:10]} 12:00:00 +0000] [4] [ERROR] Reason: Worker failed to boot.
{WHEN} heroku[router]: at=error code=H10 desc="App crashed" method=GET path="/"
"""
PUSH = """remote: -----> Installing dependencies using pip
remote:        ERROR: No matching distribution found for zebra==1.2.3
remote:
remote:  !     Error: Unable to install dependencies using pip.
remote:  !     Push rejected, failed to compile Python app.
"""
# Resolves to the ids that the box finds in each log.
RECOGNISE = """async (logs) => {
  const known = window.knownErrors.map(([id, kind, patterns]) => ({ id, kind, patterns }));
  return logs.map((log) => logBox.recognize(log, known).map(({ entry }) => entry.id));
}"""


def paste(page: Page, log: str) -> None:
    """Replace the content of the field as a paste from the clipboard does: in one event."""
    page.locator("#log-box-log").focus()
    page.evaluate(
        """log => {
          const area = document.activeElement, clipboardData = new DataTransfer();
          clipboardData.setData("text", log);
          const event = new ClipboardEvent("paste", { clipboardData, cancelable: true, bubbles: true });
          if (!area.dispatchEvent(event)) return;
          area.value = log;
          area.dispatchEvent(new InputEvent("input", { bubbles: true }));
        }""",
        log,
    )


def entry_links(page: Page):
    return page.locator(".log-box-found li > a[href*='errors.html#']")


@pytest.mark.parametrize("path", [ADDRESS, "reference/errors.html"])
@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize(
    ("log", "ids"),
    [
        (CRASH, ["keyerror-api-key", "worker-failed-to-boot", "h10"]),
        (PUSH, ["error-no-matching-distribution-found-for"]),
    ],
)
def test_the_cause_comes_first_and_leads_to_its_entry(visit, code, path, log, ids):
    page = visit(f"{code}/{path}")
    paste(page, log)
    for place, name in enumerate(ids):
        expect(entry_links(page).nth(place)).to_have_attribute("href", f"../reference/errors.html#{name}")
    entry_links(page).first.click()
    page.wait_for_url(f"**/reference/errors.html#{ids[0]}")
    expect(page.locator(f"[id='{ids[0]}']")).to_be_in_viewport()


def test_the_answer_shows_the_line_without_what_heroku_writes_before_it_and_what_to_do(visit):
    page = visit(f"es/{ADDRESS}")
    paste(page, CRASH)
    first = page.locator(".log-box-found li").first
    expect(first.locator("pre")).to_have_text("KeyError: 'SECRET_WORD'")
    expect(first).to_contain_text("variable de configuración")


@pytest.mark.parametrize("path", [ADDRESS, "reference/errors.html"])
@pytest.mark.parametrize("code", LANGUAGES)
def test_the_causes_of_an_answer_have_the_code_and_the_links_of_the_errors_page(visit, code, path):
    page = visit(f"{code}/{path}")
    paste(page, f"{CRASH}{WHEN} heroku[web.1]: Error R15 (Memory quota vastly exceeded)\n")
    causes = page.locator(".log-box-found li > div")
    expect(causes.locator("code", has_text="heroku config:set").first).to_be_visible()
    links = causes.locator("a").evaluate_all("links => links.map((link) => link.href)")
    assert any("/guides/settings.html" in link for link in links)
    assert any(f"/{code}/reference/errors.html#" in link for link in links)
    for link in links:
        target, _, anchor = link.partition("#")
        address = urlsplit(target)
        text = (SITE / address.path.lstrip("/")).read_text("utf-8") if address.hostname == "127.0.0.1" else ""
        assert not text or not anchor or f'id="{anchor}"' in text


def test_a_log_does_not_leave_the_browser(visit):
    """ "This page sends it nowhere": a link has the line only after "#", in the part that no server receives."""
    page = visit(f"en/{ADDRESS}")
    asked = []
    page.on("request", lambda request: asked.append(request.url + (request.post_data or "")))
    paste(page, CRASH)
    expect(entry_links(page).first).to_be_visible()
    paste(page, "zebra failed: SECRET_WORD")
    page.get_by_role("link", name="SECRET_WORD").click()
    page.wait_for_url("**/search.html#**")
    expect(page.locator("article form.search-box input")).to_have_value("zebra failed: SECRET_WORD")
    assert asked
    assert not [address for address in asked if "SECRET" in address]
    assert page.evaluate("localStorage.length + sessionStorage.length") == page.evaluate(
        "['theme', 'language'].filter((key) => localStorage.getItem(key)).length"
    )


def test_a_log_without_a_known_message_offers_its_telling_line_to_the_search(visit):
    page = visit(f"en/{ADDRESS}")
    paste(page, f"{WHEN} app[web.1]: fine\n{WHEN} app[web.1]: ZebraError: stripes failed\n{WHEN} app[web.1]: bye\n")
    expect(entry_links(page)).to_have_count(0)
    expect(page.locator(".log-box-found a")).to_have_text("ZebraError: stripes failed")


def test_html_in_a_log_is_shown_as_text(visit):
    page = visit(f"en/{ADDRESS}")
    evil = "<img src=x onerror=\"document.title='broken into'\">"
    paste(page, f"KeyError: '{evil}'\n")
    expect(page.locator(".log-box-found pre")).to_have_text(f"KeyError: '{evil}'")
    paste(page, f"failed {evil}")
    expect(page.locator(".log-box-found a")).to_contain_text("<img")
    assert page.locator(".log-box-found img").count() == 0
    assert "broken" not in page.title()


UNUSUAL_LOGS = {
    "colors": "\x1b[31mKeyError: 'ONE'\x1b[0m",
    "line ends of Windows": "one\r\nKeyError: 'ONE'\r\n",
    "line ends of old": "one\rKeyError: 'ONE'\rtwo",
    "binary": "".join(map(chr, range(256))) * 20 + "\nKeyError: 'ONE'\n" + "\0\ufffd" * 999,
    "right to left": "خطأ في التطبيق\nKeyError: 'مفتاح'\nשגיאה",
    "one long line": "x" * 300_000 + "KeyError: 'ONE'" + "y" * 300_000,
    "five megabytes": f"{WHEN} app[web.1]: KeyError: '\n" * 50_000
    + "KeyError: 'ONE'\n"
    + "no such table: \n" * 150_000,
}


@pytest.mark.parametrize("kind", UNUSUAL_LOGS)
def test_an_unusual_log_has_its_answer(visit, kind):
    page = visit(f"en/{ADDRESS}")
    paste(page, UNUSUAL_LOGS[kind])
    expect(entry_links(page).first).to_have_attribute("href", "../reference/errors.html#keyerror-api-key")


def test_of_a_longer_log_the_end_is_read_and_that_is_said(visit):
    page = visit(f"en/{ADDRESS}")
    paste(page, "no such table: notes\n" + "z" * 5_000_000 + "\nKeyError: 'ONE'\n")
    expect(entry_links(page)).to_have_count(1)
    expect(page.locator(".log-box-found")).to_contain_text("only its end was read")


def test_a_long_log_is_read_whole_though_the_field_shows_its_end(visit):
    page = visit(f"en/{ADDRESS}")
    paste(page, "KeyError: 'ONE'\n" + f"{WHEN} app[web.1]: fine\n" * 5000)
    expect(entry_links(page)).to_have_attribute("href", "../reference/errors.html#keyerror-api-key")
    expect(page.locator(".log-box-found")).to_contain_text("the box shows its end")
    assert len(page.locator("#log-box-log").input_value()) <= 50_000
    # What the reader types afterwards is read as a new log.
    page.locator("#log-box-log").fill("no such table: notes")
    expect(entry_links(page)).to_have_attribute("href", "../reference/errors.html#no-such-table-note")


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_list_that_could_not_be_loaded_is_requested_again(visit, code):
    page = visit(f"{code}/{ADDRESS}")
    page.route("**/known-errors.js*", lambda route: route.abort())
    paste(page, CRASH)
    expect(page.locator(".log-box-found")).to_have_text(page.locator("form.log-box").get_attribute("data-failed"))
    page.unroute("**/known-errors.js*")
    paste(page, CRASH)
    expect(entry_links(page).first).to_be_visible()


def test_a_file_that_is_dropped_is_read(visit):
    page = visit(f"en/{ADDRESS}")
    page.locator("#log-box-log").evaluate(
        """(area, log) => {
          const dataTransfer = new DataTransfer();
          dataTransfer.items.add(new File([log], "log.txt"));
          area.dispatchEvent(new DragEvent("drop", { dataTransfer, cancelable: true, bubbles: true }));
        }""",
        CRASH,
    )
    expect(entry_links(page).first).to_have_attribute("href", "../reference/errors.html#keyerror-api-key")


def test_the_box_and_make_try_read_a_log_alike(visit):
    """docs/_static/log-box.js finds the same entries as handbook/known_errors.py, in the same order."""
    page = visit(f"en/{ADDRESS}")
    paste(page, CRASH)
    expect(entry_links(page).first).to_be_visible()
    logs = [CRASH, PUSH, *UNUSUAL_LOGS.values()]
    logs += [known_errors.PLACEHOLDER.sub("zebra", pattern) for entry in ENTRIES for pattern in entry.patterns]
    logs += ["\n".join(logs[start::7]) for start in range(7)]
    # Of one pattern only the last 500 matches count: the first of them comes after the other message.
    logs += ["KeyError: 'ONE'\n" * 100 + "no such table: notes\n" + "KeyError: 'ONE'\n" * 600]
    expected = [
        [match.entry.id for match in known_errors.match_log(log, ENTRIES)] for log in logs[2:] if len(log) < 10**6
    ]
    assert page.evaluate(RECOGNISE, [log for log in logs[2:] if len(log) < 10**6]) == expected


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("code", "width"), [("en", DESK_WIDTH), ("es", PHONE_WIDTH)])
def test_the_answer_is_accessible(visit, code, width, scheme):
    page = visit(f"{code}/{ADDRESS}", width=width, color_scheme=scheme)
    paste(page, CRASH)
    expect(entry_links(page).first).to_be_visible()
    axe = Axe().run(page, options=AXE_RULES)
    assert not axe.violations_count, axe.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize("code", LANGUAGES)
def test_without_javascript_the_page_says_where_to_look(visit, code):
    page = visit(f"{code}/{ADDRESS}", java_script_enabled=False)
    expect(page.locator("form.log-box")).to_be_hidden()
    expect(page.locator("article noscript p")).to_be_visible()


def test_the_data_of_the_box_say_the_same_in_every_language_but_the_words():
    read = [
        json.loads((SITE / code / "_static" / "known-errors.js").read_text("utf-8").partition("= ")[2].rstrip(";\n"))
        for code in LANGUAGES
    ]
    for one in read:
        written = {entry[0]: html.fragment_fromstring(entry[4], create_parent=True) for entry in one}
        assert {name: len(causes.xpath("p")) for name, causes in written.items()} == {
            e.id: len(e.causes) for e in ENTRIES
        }
        assert all(entry[3] for entry in one)
    entries = [[entry.id, entry.kind, entry.pieces] for entry in ENTRIES]
    assert [[entry[:3] for entry in one] for one in read] == [entries] * len(LANGUAGES)
    assert read[0] != read[1]
