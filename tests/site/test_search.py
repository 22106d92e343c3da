"""The search, in Chromium: its results for questions that people really asked, and its box."""

import gzip
import re
import tomllib
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from handbook.paths import ROOT, SITE
from tests.conftest import LANGUAGES
from tests.site.conftest import AXE_RULES, DESK_WIDTH, PHONE_WIDTH
from tests.site.test_site import anchors

STATIC = ROOT / "docs" / "_static"
HERE = Path(__file__).parent
INDEX_KILOBYTES = 80  # compressed, of each language
# Resolves to the addresses found for each question, "page#anchor" inside the language, best first.
SEARCH_ALL = """async (questions) => {
  const engine = await searchEngine.create(window.searchIndex, window.searchLanguage, MiniSearch);
  const address = ({ path, anchor }) => `${path}#${anchor}`;
  return questions.map((question) => engine.search(question).slice(0, 10).map(address));
}"""
# Questions that people asked, typed or as a line of their log, and the pages or parts of pages that answer them.
FIELD_QUESTIONS = tomllib.loads((HERE / "field-questions.toml").read_text("utf-8"))
# Short questions, and the page that should come first.
SHORT_QUESTIONS = tomllib.loads((HERE / "search.toml").read_text("utf-8"))


def results(page: Page) -> list[str]:
    """Wait until a search has ended; return the paths of the pages that it found, best first."""
    expect(page.locator(".search-summary")).not_to_be_empty()
    links = page.locator("ol.search-results > li > a").all()
    return list(dict.fromkeys(urlsplit(link.get_attribute("href")).path.removeprefix("./") for link in links))


@pytest.fixture
def ask(visit):
    """Return ask("es", questions): for each question "page#anchor" of the ten best results."""

    def find(code: str, questions: list[str]) -> list[list[str]]:
        page = visit(f"{code}/search.html?q=gunicorn")
        results(page)
        # An input of one line turns the end of a line into a space.
        return page.evaluate(SEARCH_ALL, [question.replace("\n", " ") for question in questions])

    return find


def rank(found: list[str], answers: list[str]) -> int:
    """Return the rank, from 1, of the first result that is one of the answers ("page" or "page#anchor"); 0 if none."""
    hits = (number for number, result in enumerate(found, 1) if {result, result.partition("#")[0]} & {*answers})
    return next(hits, 0)


@pytest.mark.parametrize("kind", ["typed", "log"])
@pytest.mark.parametrize("code", ["en", "es"])
def test_what_people_asked_is_answered_by_the_first_results_and_nothing_comes_back_empty(ask, code, kind):
    """The right result is among the first three for 95 % of the questions that the site answers, first for 75 %."""
    name = code if kind == "typed" else "log"
    questions = {key: question for key, question in FIELD_QUESTIONS.items() if name in question}
    found = dict(zip(questions, ask(code, [question[name] for question in questions.values()]), strict=True))
    assert [key for key in questions if not found[key]] == []
    ranks = {key: rank(found[key], question["answers"]) for key, question in questions.items() if question["answers"]}
    assert len(ranks) >= 35
    late = {key: (questions[key][name], found[key][:3]) for key in ranks if ranks[key] not in (1, 2, 3)}
    assert len(late) <= 0.05 * len(ranks), late
    not_first = {key: found[key][:2] for key in ranks if ranks[key] != 1}
    assert len(not_first) <= 0.25 * len(ranks), not_first


@pytest.mark.parametrize("code", SHORT_QUESTIONS)
def test_a_short_question_is_answered_by_the_first_results(ask, code):
    """Of thirty or more for each language, the right page is among the first three for 95 %, first for 75 %."""
    questions = SHORT_QUESTIONS[code]
    found = dict(zip(questions, ask(code, list(questions)), strict=True))
    ranks = {question: rank(found[question], [page]) for question, page in questions.items()}
    assert len(ranks) >= 30
    late = {question: found[question][:3] for question in questions if ranks[question] not in (1, 2, 3)}
    assert len(late) <= 0.05 * len(ranks), late
    assert list(ranks.values()).count(1) >= 0.75 * len(ranks), ranks


def test_every_answer_that_is_asked_for_exists():
    wanted = {answer for question in FIELD_QUESTIONS.values() for answer in question["answers"]}
    wanted |= {answer for questions in SHORT_QUESTIONS.values() for answer in questions.values()}
    for answer in sorted(wanted):
        page, _hash, anchor = answer.partition("#")
        path = SITE / "en" / f"{page}.html"
        assert path.is_file(), answer
        assert not anchor or anchor in anchors(path), answer


MISSPELLED_PAIRS = {
    "en": [
        ("environment variables", "Enviroment VARIABLE"),  # a letter is missing
        ("gunicorn workers", "gunicron worker"),  # two letters have changed places
        ("database connections", "databse connection"),
        ("how many workers", "how many worker's"),
    ],
    "es": [
        ("petición", "PETICION"),
        ("peticiones", "peticion"),
        ("configuración", "configuracion"),
        ("variables de entorno", "variable de entrno"),
        ("migraciones", "migracion"),
        ("contraseñas", "contrasena"),
    ],
}


@pytest.mark.parametrize(
    ("code", "right", "typed"), [(code, *pair) for code in MISSPELLED_PAIRS for pair in MISSPELLED_PAIRS[code]]
)
def test_capitals_accents_plurals_and_slips_of_the_fingers_are_forgiven(ask, code, right, typed):
    good, sloppy = ask(code, [right, typed])
    assert good
    assert set(good[:2]) & set(sloppy[:3])


OTHER_WORDS = {
    "en": [
        ("DB", "guides/postgres"),
        ("my app crashes", "reference/errors"),
        ("background job", "guides/celery"),
    ],
    "es": [
        ("BD", "guides/postgres"),
        ("mi app se cae", "reference/errors"),
        ("deploy sin consola", "tutorial/dashboard"),
        ("instalar librería", "guides/old-packages"),
    ],
}


@pytest.mark.parametrize(
    ("code", "words", "page"), [(code, *pair) for code in OTHER_WORDS for pair in OTHER_WORDS[code]]
)
def test_other_words_for_the_same_thing_are_known(ask, code, words, page):
    [found] = ask(code, [words])
    assert rank(found, [page]) in (1, 2, 3), found


LINES = [
    (
        "ImportError: cannot import name 'url_quote' from 'werkzeug.urls'",
        "2026-11-02T08:11:09.101010+00:00 app[web.1]: ImportError: cannot import name 'url_quote' from 'werkzeug.urls'"
        " (/app/.heroku/python/lib/python3.13/site-packages/werkzeug/urls.py)",
    ),
    (
        "Failed to find attribute 'application' in",
        "[2026-11-02 08:11:09 +0000] [31] [ERROR] Failed to find attribute 'application' in 'zebra.giraffe'.",
    ),
    (
        'code=H12 desc="Request timeout"',
        '2026-11-02T08:11:09+00:00 heroku[router]: at=error code=H12 desc="Request timeout" method=GET path="/redis/db"'
        ' host=celery-worker-0a1b2c3d4e5f.herokuapp.com request_id=1b2cd3e4 fwd="10.1.2.3"'
        " dyno=web.1 connect=0ms service=30000ms status=503 bytes=0 protocol=https",
    ),
    ("WORKER TIMEOUT", "[2026-11-02 08:11:09 +0000] [4] [CRITICAL] WORKER TIMEOUT (pid:1273)"),
    ("Warning: The runtime.txt file is deprecated.", "remote:  !     Warning: The runtime.txt file is deprecated."),
    (
        "No matching distribution found for",
        "\x1b[31mERROR: No matching distribution found for zebra-stripes==3.11.4\x1b[0m",
    ),
]


@pytest.mark.parametrize(("bare", "whole"), LINES, ids=[bare for bare, _whole in LINES])
@pytest.mark.parametrize("code", ["en", "es"])
def test_times_paths_numbers_and_names_of_ones_own_do_not_count_in_a_line_of_a_log(ask, code, bare, whole):
    alone, pasted = ask(code, [bare, whole])
    assert pasted[0] == alone[0]
    assert alone[0].startswith("reference/errors#")


def test_a_word_that_no_page_has_hides_nothing(ask):
    alone, with_others = ask("en", ["celery", "xyzzy celery qwertyuiop"])
    # The lower places may change: with unknown words beside it, a word in a title counts less.
    assert with_others[:4] == alone[:4]


@pytest.mark.parametrize("code", ["en", "es"])
@pytest.mark.parametrize("script", ["search-index.js", "search-engine.js"])
def test_a_search_that_could_not_be_loaded_says_so_and_the_next_letter_tries_again(visit, code, script):
    page = visit(f"{code}/index.html")
    page.route(f"**/{script}*", lambda route: route.abort())
    box = page.locator("article form.search-box")
    failed = box.get_attribute("data-failed")
    box.locator("input").press("g")  # one letter: a second one might still wait for its script when the route is gone
    expect(box.locator(".search-status")).to_have_text(failed)
    expect(box.locator(".search-nothing")).to_have_text(failed)
    page.unroute(f"**/{script}*")
    box.locator("input").press("u")
    expect(box.get_by_role("option").first).to_be_visible()


def test_a_search_page_that_could_not_be_loaded_says_so(visit, site):
    page = visit("en/index.html")
    page.route("**/search-index.js*", lambda route: route.abort())
    page.goto(f"{site}/en/search.html?q=gunicorn")
    expect(page.locator(".search-summary")).to_contain_text("could not be loaded")


def test_a_search_that_finds_nothing_says_so_and_where_to_look(visit):
    page = visit("en/search.html?q=xyzzy")
    assert results(page) == []
    expect(page.locator(".search-places a").first).to_be_visible()


@pytest.mark.parametrize("word", ["gunicorn", "xyzzy"])
def test_the_spanish_search_page_says_nothing_in_english(visit, word):
    said = []
    for code in ("en", "es"):
        page = visit(f"{code}/search.html?q={word}")
        results(page)
        page.locator("ol.search-results").evaluate("found => found.remove()")
        said.append({line.strip() for line in page.locator("#furo-main-content").inner_text().splitlines()})
    assert said[0] & said[1] <= {"", "English Español", "English", "Español"}


@pytest.mark.parametrize("code", LANGUAGES)
def test_without_javascript_the_search_page_says_where_to_look(visit, code):
    page = visit(f"{code}/search.html?q=gunicorn", java_script_enabled=False)
    for place in ("reference/errors", "reference/commands"):
        expect(page.locator(f".search-places a[href='{place}.html']")).to_be_visible()


def test_the_language_links_keep_what_is_searched_for(visit, site):
    page = visit("en/search.html?q=gunicorn")
    page.get_by_role("link", name="Español", exact=True).click()
    page.wait_for_url(f"{site}/es/search.html?q=gunicorn")


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize(("word", "found"), [("gunicorn", "guides/gunicorn"), ("Procfile", "reference/procfile")])
def test_a_search_finds_the_page_of_a_name_in_every_language(visit, code, word, found):
    page = visit(f"{code}/index.html")
    page.locator("input.sidebar-search").first.fill(word)
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?**")
    assert f"{found}.html" in results(page)


def test_a_result_shows_part_page_and_the_line_with_the_words_and_leads_to_the_very_place(visit):
    page = visit("es/search.html?q=peticion+lenta+hilos")
    first = page.locator("ol.search-results > li").first
    expect(first.locator(".search-title")).to_have_text("Atiende varias peticiones a la vez: hilos")
    expect(first.locator(".search-page-title")).to_have_text(re.compile("Gunicorn"))
    expect(
        first.locator(".search-line mark").filter(has_text=re.compile("^petici|^lentas$|^hilos$"))
    ).not_to_have_count(0)
    first.locator("a").click()
    page.wait_for_url("**/es/guides/gunicorn.html#threads")
    expect(page.locator("#threads")).to_be_in_viewport()


def test_an_entry_of_the_errors_page_is_a_result_of_its_own(visit):
    page = visit("es/search.html?q=gunicorn:+command+not+found")
    page.locator("ol.search-results > li > a").first.click()
    page.wait_for_url("**/es/reference/errors.html#gunicorn-command-not-found")
    expect(page.locator("#gunicorn-command-not-found")).to_be_in_viewport()


def test_html_in_a_question_is_shown_as_text(visit):
    typed = "gunicorn <img src=x onerror=\"document.title='broken into'\"> <mark>"
    page = visit(f"en/search.html?{urlencode({'q': typed})}")
    assert results(page)
    box = page.locator("article form.search-box input")
    expect(box).to_have_value(typed)
    box.press_sequentially(" ")
    expect(page.locator("article .search-found a").first).to_be_visible()
    assert page.locator("article img").count() == 0
    assert "broken" not in page.title()


@pytest.mark.parametrize("key", ["/", "Control+k"])
@pytest.mark.parametrize("width", [PHONE_WIDTH, DESK_WIDTH])
def test_the_keyboard_opens_the_box_chooses_a_result_and_goes_there(visit, key, width):
    page = visit("en/guides/gunicorn.html", width=width)
    page.keyboard.press(key)
    box = page.locator("input:focus")
    expect(box).to_have_attribute("role", "combobox")
    expect(box).to_be_in_viewport()
    page.keyboard.type("H10 app crashed")
    options = page.get_by_role("option")
    expect(options.first).to_contain_text("H10")
    expect(box).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", options.first.get_attribute("id"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/reference/errors.html#h10")


def test_escape_closes_the_results_then_empties_the_box_and_enter_without_a_choice_asks_the_search_page(visit):
    page = visit("en/index.html")
    page.keyboard.press("Control+k")
    box = page.locator("input:focus")
    page.keyboard.type("celery")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("option").first).to_be_hidden()
    expect(box).to_have_attribute("aria-expanded", "false")
    expect(box).to_have_value("celery")
    page.keyboard.press("Escape")
    expect(box).to_have_value("")
    page.keyboard.type("celery")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=celery")


def test_a_slash_in_a_field_is_a_slash(visit):
    page = visit("en/about/sources.html")
    field = page.locator("form.filter input")
    field.focus()
    page.keyboard.type("a/b")
    expect(field).to_have_value("a/b")


def test_what_is_typed_last_is_what_is_shown(visit):
    page = visit("en/index.html")
    box = page.locator("article form.search-box input")
    box.press_sequentially("celery")
    box.fill("uwsgi")
    expect(page.get_by_role("option").first).to_contain_text("uWSGI")
    box.fill("")
    expect(page.get_by_role("option").first).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("code", "width"), [("en", DESK_WIDTH), ("es", PHONE_WIDTH)])
def test_the_open_results_are_accessible(visit, code, width, scheme):
    page = visit(f"{code}/guides/gunicorn.html", width=width, color_scheme=scheme)
    page.keyboard.press("/")
    page.keyboard.type("gunicorn")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    found = Axe().run(page, options=AXE_RULES)
    assert not found.violations_count, found.generate_report()


def test_the_index_is_loaded_when_a_box_is_first_used_and_not_before(visit):
    page = visit("en/guides/gunicorn.html")
    files = "/search-(index|language)|minisearch/"
    loaded = f"performance.getEntriesByType('resource').filter(({{ name }}) => {files}.test(name)).length"
    assert page.evaluate(loaded) == 0
    page.keyboard.press("/")
    page.keyboard.type("g")
    expect(page.get_by_role("option").first).to_be_visible()
    assert page.evaluate(loaded) == 3


@pytest.mark.parametrize("code", LANGUAGES)
def test_each_language_has_an_index_of_its_own_that_a_phone_can_load(code):
    indexes = {other: (SITE / other / "_static" / "search-index.js").read_bytes() for other in LANGUAGES}
    assert len(gzip.compress(indexes[code], 9)) <= INDEX_KILOBYTES * 1024
    assert len(set(indexes.values())) == len(LANGUAGES)
    assert not re.search("searchindex|searchtools", (SITE / code / "search.html").read_text("utf-8"))  # Sphinx's own


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_search_in_a_site_that_is_read_from_a_folder_works(browser, code):
    page = browser.new_page()
    page.goto((SITE / code / "search.html").as_uri() + "?q=gunicorn")
    assert results(page)
    page.close()


@pytest.mark.parametrize(
    ("copy", "original"), [("minisearch.js", "dist/umd/index.js"), ("minisearch.LICENSE.txt", "LICENSE.txt")]
)
def test_the_library_is_the_one_that_package_json_pins_to_the_byte(copy, original):
    assert (STATIC / "vendor" / copy).read_bytes() == (ROOT / "node_modules" / "minisearch" / original).read_bytes()
