"""The parts of the built site for programs: descriptions, Markdown, llms.txt, data, the feed, redirects."""

import json
import logging
import re
from os.path import normpath
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from docutils import nodes
from lxml import etree
from playwright.sync_api import expect

from handbook import anchors, facts, known_errors, site_files
from handbook.checks import list_pages
from handbook.paths import ROOT, SITE, site_url
from handbook.sphinxext import changes, languages, machine_readable, markdown, page_info
from handbook.translation import messages
from tests.conftest import LANGUAGES, data_error, git, parse_page, write_files
from tests.site.conftest import NotFoundRequestHandler, serve_folder
from tests.site.test_site import FINISHED, blocks, files

PAGES = [page.with_suffix("").as_posix() for page in list_pages(ROOT)]
ATOM = {"a": changes.ATOM}
LINK = re.compile(r"(?<!\\)\]\(([^)\s]+)\)")
FENCED = re.compile(r"^(`{3,}).*?^\1$", re.MULTILINE | re.DOTALL)


def text_of(code: str, page: str) -> str:
    return (SITE / code / f"{page}.md").read_text("utf-8")


def unindent(text: str) -> str:
    """Return a text with its lines unindented and unquoted, because a block may stand in a list or a note."""
    return "\n".join(line.strip("> ") for line in text.strip().splitlines())


@pytest.mark.parametrize("code", LANGUAGES)
def test_each_page_has_a_description_of_whole_sentences_that_no_other_page_has(code):
    described = {
        page: parse_page(SITE / code / f"{page}.html").xpath("string(//meta[@name='description']/@content)")
        for page in PAGES
    }
    assert all(0 < len(words) <= machine_readable.MAX_DESCRIPTION for words in described.values())
    assert [words for words in described.values() if not re.search(r"[.:?!…)»”*]$", words)] == []
    assert len(set(described.values())) == len(PAGES)


def test_a_description_ends_at_a_sentence_or_at_a_word():
    assert machine_readable.shorten("One is here. Two follows. Three is too long.", 26) == "One is here. Two follows."
    assert machine_readable.shorten("A sentence that is too long for its place.", 20) == "A sentence that is…"
    assert machine_readable.shorten("Look at this. Write it so:", 160) == "Look at this."


@pytest.mark.parametrize("code", LANGUAGES)
def test_each_page_lies_as_markdown_beside_it_with_its_headings_and_its_blocks(code):
    for page in PAGES:
        html, text = parse_page(SITE / code / f"{page}.html"), text_of(code, page)
        assert html.xpath("//link[@type='text/markdown']/@href") == [f"{page.rpartition('/')[2]}.md"]
        plain = FENCED.sub("", text)
        headings = [re.sub(r"[`*\\]", "", line) for line in re.findall(r"^#+ (.*)$", plain, re.MULTILINE)]
        expected = [
            heading.text_content().rstrip("#¶")
            for heading in html.xpath("//article//*[self::h1 or self::h2 or self::h3]")
        ]
        assert headings == [re.sub(r"[`*\\]", "", heading) for heading in expected], page
        for block in blocks(code, Path(page)):
            assert unindent(block) in unindent(text), page
        assert not re.search(r"^[`:]{3,}\{", text, re.MULTILINE), page
        assert "{{" not in plain, page


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_link_in_the_markdown_of_a_page_leads_to_a_file(code):
    faults = []
    texts = {f"{page}.md": text_of(code, page) for page in PAGES}
    for name in ("llms.txt", "llms-full.txt"):
        texts[name] = (SITE / code / name).read_text("utf-8")
    for name, text in texts.items():
        for uri in LINK.findall(FENCED.sub("", text)):
            address = urlsplit(uri.removeprefix(languages.language_url(code)))
            if not address.scheme and address.path:
                aim = Path(normpath(SITE / code / Path(name).parent / address.path))
                if not aim.is_file():
                    faults.append(f"{name}: {uri}")
    assert not faults


def test_element_unknown_to_the_markdown_writer_is_a_warning(caplog):
    """The build stops at a warning, so no element of a page is lost unnoticed."""
    sphinx = logging.getLogger("sphinx")  # an earlier build may have set propagate to False
    sphinx.addHandler(caplog.handler)
    try:
        text = markdown.MarkdownWriter().render_block(
            nodes.section("", nodes.math_block("", "x"), nodes.paragraph("", "said"))
        )
    finally:
        sphinx.removeHandler(caplog.handler)
    assert text == "said"
    advice = "handbook/sphinxext/markdown.py does not know <math_block>: write block_math_block there."
    assert advice in {record.getMessage() for record in caplog.records}


def test_in_the_file_of_all_pages_links_are_as_seen_from_there_and_code_is_not_touched():
    text = "[one](cors.md#x) [two](#y) [out](https://example.com/)\n\n```python\nd[k](cors)\n```\n\n[one](../a.md)\n"
    moved = "[one](guides/cors.md#x) [two](guides/mail.md#y) [out](https://example.com/)\n\n"
    moved += "```python\nd[k](cors)\n```\n\n[one](a.md)\n"
    assert markdown.rebase_links(text, "guides/mail", "") == moved


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_lists_for_language_models_have_every_page_once(code):
    overview = (SITE / code / "llms.txt").read_text("utf-8")
    everything = (SITE / code / "llms-full.txt").read_text("utf-8")
    base = re.escape(languages.language_url(code))
    assert sorted(re.findall(rf"^- \[.*\]\({base}([\w/-]+)\.md\)", overview, re.MULTILINE)) == sorted(PAGES)
    assert overview.startswith(f"# {parse_page(SITE / code / 'index.html').xpath('string(//title)').strip()}\n\n> ")
    for page in PAGES:
        assert overview.count(f"{page}.md)") == 1, page
        assert everything.count(f"{page}.html -->") == 1, page
        title = text_of(code, page).partition("\n")[0]
        assert f"\n{title}\n" in everything, page
    assert f"({site_url()}{code}/llms.txt)" in (SITE / "llms.txt").read_text("utf-8")


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_errors_are_data_with_the_address_of_each(code):
    found = json.loads((SITE / code / "errors.json").read_text("utf-8"))
    entries = known_errors.load_errors(ROOT)
    assert [(one["id"], one["patterns"], one["kind"], one["where"]) for one in found] == [
        (entry.id, list(entry.patterns), entry.kind, entry.where) for entry in entries
    ]
    ids = set(parse_page(SITE / code / f"{known_errors.PAGE}.html").xpath("//@id"))
    for one, entry in zip(found, entries, strict=True):
        assert one["url"] == f"{languages.language_url(code)}{known_errors.PAGE}.html#{entry.id}"
        assert entry.id in ids
        assert len(one["causes"]) == len(entry.causes)
        assert all(one["causes"])


SEE = "See \0guides/ports\0.\nOr \0guides/gone\0."


def test_a_link_without_words_has_the_title_of_its_page_in_the_data():
    entry = known_errors.load_errors(ROOT)[0]
    app = SimpleNamespace(
        srcdir=str(ROOT / "docs"),
        config=SimpleNamespace(language="en"),
        env=SimpleNamespace(
            metadata={known_errors.PAGE: {"search_parts": [[entry.id, "It fails", SEE]]}},
            titles={"guides/ports": nodes.title("", "Ports")},
        ),
    )
    (found,) = machine_readable.list_errors(app)
    assert (found["title"], found["causes"]) == ("It fails", ["See Ports.", "Or ."])


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_facts_are_data_in_the_language_of_the_site(code):
    found = {one.pop("id"): one for one in json.loads((SITE / code / "facts.json").read_text("utf-8"))}
    known = facts.load_facts(ROOT)
    assert list(found) == list(known)
    catalogues = ROOT / "locale" / code / "LC_MESSAGES"
    translated = messages.load_translations(catalogues / "reference" / "limits.po")
    translated |= messages.load_translations(catalogues / "facts.po")
    for name, fact in known.items():
        said = {key: translated.get(fact[key]) or fact[key] for key in ("value", "about", "seen")}
        assert found[name] == said | {"source": fact["source"], "checked": fact["checked"].isoformat()}


def test_the_feeds_have_every_change_the_latest_first_and_ids_of_their_own():
    known, seen = changes.load_changes(ROOT), set()
    assert [entry["date"] for entry in known.values()] == sorted(
        (entry["date"] for entry in known.values()), reverse=True
    )
    for code in LANGUAGES:
        feed = etree.parse(str(SITE / code / changes.FEED)).getroot()
        assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == languages.language_tag(code)
        for needed in ("a:title", "a:id", "a:updated", "a:author/a:name"):
            assert feed.findtext(needed, namespaces=ATOM), needed
        entries = feed.findall("a:entry", ATOM)
        assert [entry.findtext("a:updated", namespaces=ATOM)[:10] for entry in entries] == [
            change["date"].isoformat() for change in known.values()
        ]
        translated = messages.load_translations(ROOT / "locale" / code / "LC_MESSAGES" / f"{changes.PAGE}.po")
        for entry, change in zip(entries, known.values(), strict=True):
            said = translated.get(change["what"]) or change["what"]
            assert entry.findtext("a:summary", namespaces=ATOM) == re.sub("[`*]", "", said)
            href = entry.find("a:link", ATOM).get("href")
            assert href == f"{languages.language_url(code)}{change['page']}.html"
        ids = feed.xpath("//a:id/text()", namespaces=ATOM)
        assert seen.isdisjoint(ids)
        seen.update(ids)
    assert len(seen) == len(LANGUAGES) * (len(known) + 1)
    for code in LANGUAGES:
        page = parse_page(SITE / code / f"{changes.PAGE}.html")
        assert page.xpath("//link[@type='application/atom+xml']/@href") == [f"../{changes.FEED}"]
        kinds = page.xpath("//article//section/@id")
        assert kinds.index("changes-corrected") < kinds.index("changes-new")


@pytest.mark.parametrize(
    ("damage", "advice"),
    [
        ("", "has not the parts date, kind, page, what and no others: write them."),
        (
            'date = "2026-01-31"\nkind = "new"\nwhat = "x"\npage = "p"',
            "has a date that is none: write date = 2026-01-31, without quotes.",
        ),
        (
            'date = 2026-01-31\nkind = "old"\nwhat = "x"\npage = "p"',
            "has a kind that is none of corrected, new: choose one.",
        ),
        (
            'date = 2026-01-31\nkind = "new"\nwhat = " "\npage = "p"',
            "says nothing: write what has changed for readers.",
        ),
        (
            'date = 2026-01-31\nkind = "new"\nwhat = "x"\npage = "q"',
            "is said to be on q, and docs/q.md does not exist: correct the page.",
        ),
    ],
)
def test_a_change_that_is_not_whole_is_refused_with_its_line(tmp_path, damage, advice):
    write_files(tmp_path, {"docs/p.md": "# Page\n", changes.FILE: f"# Changes\n\n[a-change]\n{damage}\n"})
    assert data_error(changes.load_changes, tmp_path) == f"{changes.FILE}:3: a-change {advice}"


def test_an_anchor_that_was_published_is_still_there_or_leads_on():
    """CONTRIBUTING.md, "Add a page": links from other sites keep working."""
    there, recorded, leads_on = anchors.list_published(SITE), anchors.load_recorded(ROOT), site_files.load_redirects()
    gone = {
        anchor for anchor in recorded - there if anchor not in leads_on and anchor.partition("#")[0] not in leads_on
    }
    assert not gone, "put a label before the heading that has another name now, or add a line to docs/redirects.toml"
    assert not there - recorded, "write them down: make anchors"
    for old, new in leads_on.items():
        assert "#" not in new or new in there, f"docs/redirects.toml: {old} leads to {new}, which no page has"


@pytest.fixture
def project_with_redirects(tmp_path) -> Path:
    """Return a project with redirects: of the old name of a page, and of anchors that are now on another page."""
    lines = ['"guides/old" = "guides/new#part"', '"guides/new#gone" = "other#here"', '"guides/old#far" = "other#here"']
    files = {site_files.REDIRECTS: "\n".join(lines), "docs/guides/new.md": "", "docs/other.md": ""}
    for code in ("en", "es"):
        for page in ("guides/new", "other"):
            files[f"html/{code}/{page}.html"] = f'<title>{page}</title><p id="part"></p><p id="here"></p>'
    (tmp_path / "locale/es").mkdir(parents=True)
    return write_files(tmp_path, files)


@pytest.mark.parametrize("code", ["en", "es"])
@pytest.mark.parametrize(
    ("hash_", "aim"), [("", "guides/new.html#part"), ("#part", "guides/new.html#part"), ("#far", "other.html#here")]
)
def test_the_address_that_a_page_once_had_leads_to_the_page(project_with_redirects, browser, code, hash_, aim):
    site_files.write_redirects(project_with_redirects / "html", project_with_redirects)
    page = browser.new_page()
    page.goto(f"{(project_with_redirects / 'html' / code / 'guides/old.html').as_uri()}{hash_}")
    page.wait_for_url(f"{(project_with_redirects / 'html' / code).as_uri()}/{aim}")
    page.close()


def test_an_anchor_that_moved_leads_from_its_page_to_its_new_place(project_with_redirects):
    assert site_files.list_moved_anchors("guides/new", site_files.load_redirects(project_with_redirects)) == {
        "#gone": "../other.html#here"
    }
    assert site_files.list_moved_anchors("other", site_files.load_redirects(project_with_redirects)) == {}


@pytest.mark.parametrize(
    ("line", "advice"),
    [
        ("guides", ":1: this is not TOML: Expected '=' after a key"),
        ('"other" = "guides/new"', ":1: other is a page that there is: take the line out."),
        ('"a" = "b"', ":1: a leads to b, and docs/b.md does not exist: correct it."),
        ('"a#b" = "other"', ":1: a#b is on a, which is no page: add a line for a too."),
    ],
)
def test_a_redirect_that_leads_nowhere_is_refused(project_with_redirects, line, advice):
    (project_with_redirects / site_files.REDIRECTS).write_text(f"{line}\n")
    error = data_error(site_files.load_redirects, project_with_redirects)
    assert error.startswith(f"{site_files.REDIRECTS}{advice}")


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_foot_of_a_page_says_the_day_of_the_last_commit_to_its_files(code):
    if not page_info.load_commit_days(ROOT):
        pytest.skip("this is not a checkout with its whole history")
    for page in ("guides/cors", "reference/errors", "about/tested"):
        paths = sorted(page_info.page_sources(ROOT, page, code))
        days = git(ROOT, "log", "--no-merges", "--format=%as", "--", *paths).split()
        # The page may show the day of an earlier commit: a commit alone does not rebuild it.
        assert parse_page(SITE / code / f"{page}.html").xpath("string(//p[@class='page-foot']/time/@datetime)") in days
        assert page_info.find_change_days(ROOT, [page], code)[page] == max(days)


def test_without_a_whole_history_no_page_says_a_day(tmp_path):
    assert page_info.load_commit_days(tmp_path) == {}
    origin, shallow = tmp_path / "origin", tmp_path / "shallow"
    git(tmp_path, "init", "--quiet", origin)
    for number in (1, 2):
        write_files(origin, {f"docs/á{number}.md": "# Page\n"})
        git(origin, "add", "--all")
        git(origin, "commit", "--quiet", "--message", "A page", f"--date=2026-01-0{number}T00:00:00+0000")
    assert page_info.load_commit_days(origin) == {"docs/á1.md": "2026-01-01", "docs/á2.md": "2026-01-02"}
    git(tmp_path, "clone", "--quiet", "--depth=1", origin.as_uri(), shallow)
    assert (shallow / "docs").is_dir()
    assert page_info.load_commit_days(shallow) == {}
    assert page_info.load_commit_days(origin / "docs") == {}


@pytest.mark.parametrize(
    ("told", "address"),
    [
        ({}, ""),
        ({"GITHUB_REPOSITORY": "you/handbook"}, "https://github.com/you/handbook"),
        ({"READTHEDOCS_GIT_CLONE_URL": "https://github.com/you/handbook.git"}, "https://github.com/you/handbook"),
        ({"READTHEDOCS_GIT_CLONE_URL": "git@example.org:you/handbook.git"}, "https://example.org/you/handbook"),
        (
            {"REPOSITORY_URL": "https://code.example.org/you/handbook/", "GITHUB_REPOSITORY": "a/b"},
            "https://code.example.org/you/handbook",
        ),
        ({"REPOSITORY_URL": "https://host:8443/team/site.git"}, "https://host:8443/team/site"),
        ({"REPOSITORY_URL": "https://you:token@host:8443/team/site"}, "https://host:8443/team/site"),
        ({"REPOSITORY_URL": "ssh://git@host:2222/team/site.git"}, "https://host/team/site"),
        ({"REPOSITORY_URL": "ssh://git@host/team/site.git"}, "https://host/team/site"),
        ({"REPOSITORY_URL": "ssh://me@host/team/site.git"}, "https://host/team/site"),
        ({"REPOSITORY_URL": "ssh://host/team/site.git"}, "https://host/team/site"),
        ({"REPOSITORY_URL": "me@host:team/site.git"}, "https://host/team/site"),
        ({"REPOSITORY_URL": "http://git.local:3000/o/r.git"}, "http://git.local:3000/o/r"),
        ({"REPOSITORY_URL": "../handbook"}, ""),
    ],
)
def test_the_repository_is_known_from_whoever_builds_it(monkeypatch, told, address):
    for name in ("REPOSITORY_URL", "GITHUB_REPOSITORY", "GITHUB_SERVER_URL", "READTHEDOCS_GIT_CLONE_URL"):
        monkeypatch.delenv(name, raising=False)
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    assert page_info.repository_url() == address
    assert page_info.edit_url("docs/index.md") == (address and f"{address}/edit/main/docs/index.md")


def breadcrumb(code: str, page: str) -> list:
    return parse_page(SITE / code / f"{page}.html").xpath("//nav[@class='breadcrumb']")


@pytest.mark.parametrize(
    ("code", "label", "steps"),
    [
        ("en", "Breadcrumb", "Flask on Heroku › Server and packages"),
        ("es", "Ruta de navegación", "Flask en Heroku › Servidor y paquetes"),
    ],
)
def test_a_page_names_its_section_and_leads_to_the_front_page(code, label, steps):
    [found] = breadcrumb(code, "guides/uwsgi")
    assert found.get("aria-label") == label
    assert found.text_content() == steps
    assert found.xpath("a/@href") == ["../index.html"]


@pytest.mark.parametrize("code", LANGUAGES)
def test_only_the_front_page_has_no_section(code):
    assert [page for page in PAGES if not breadcrumb(code, page)] == ["index"]


@pytest.fixture
def page_with_404_server(browser):
    """Yield a browser page whose base URL is a server that answers wrong addresses with 404.html."""
    with serve_folder(SITE, NotFoundRequestHandler) as address:
        page = browser.new_page(base_url=address)
        yield page
        page.close()


@pytest.mark.skipif(bool(urlsplit(site_url()).path.strip("/")), reason="this build is for a folder of a site")
@pytest.mark.parametrize("code", LANGUAGES)
def test_a_wrong_address_leads_to_the_search_in_its_language_at_any_depth(page_with_404_server, code):
    page_with_404_server.goto(f"/{code}/guides/2017/flask-cors.html")
    section = page_with_404_server.locator("section:visible")
    expect(section).to_have_count(1)
    assert section.get_attribute("lang") == languages.language_tag(code)
    assert page_with_404_server.locator("html").get_attribute("lang") == languages.language_tag(code)
    expect(section.get_by_role("searchbox")).to_have_value("flask cors")
    section.get_by_role("button").click()
    page_with_404_server.wait_for_url(f"**/{code}/search.html?q=flask+cors")
    expect(page_with_404_server.locator("ol.search-results a").first).to_have_attribute(
        "href", re.compile("guides/cors")
    )


@pytest.mark.skipif(bool(urlsplit(site_url()).path.strip("/")), reason="this build is for a folder of a site")
def test_a_wrong_address_outside_the_languages_shows_each_of_them(page_with_404_server):
    page_with_404_server.goto("/nothing/here")
    expect(page_with_404_server.locator("section:visible")).to_have_count(len(LANGUAGES))


@pytest.mark.parametrize("code", FINISHED)
def test_the_page_for_a_wrong_address_is_translated(code):
    said = {
        lang: parse_page(SITE / "404.html").xpath(f"string(//section[@lang='{languages.language_tag(lang)}'])")
        for lang in ("en", code)
    }
    english = {line.strip() for line in said["en"].splitlines() if line.strip()}
    assert english.isdisjoint(line.strip() for line in said[code].splitlines())


@pytest.mark.parametrize("code", LANGUAGES)
def test_from_a_folder_without_a_server_a_page_has_all_it_needs(browser, code):
    page, faults = browser.new_page(), []
    page.on("requestfailed", lambda request: faults.append(request.url))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto((SITE / code / "guides/cors.html").as_uri())
    expect(page.locator("button.copybtn").first).to_be_attached()
    box = page.locator("form.search-box input").first
    box.fill("H12")
    expect(page.locator(".search-found a").first).to_be_visible()
    page.locator(".search-found a").first.click()
    page.wait_for_url("file:///**/*.html*")
    assert not faults
    page.close()


def test_every_file_that_the_pages_name_for_programs_is_in_every_language():
    for code in LANGUAGES:
        assert {"llms.txt", "llms-full.txt", "errors.json", "facts.json", changes.FEED} <= {
            path.name for path in (SITE / code).iterdir() if path.is_file()
        }
        assert {f"{Path(page).with_suffix('').as_posix()}" for page in files(code)} >= set(PAGES)
