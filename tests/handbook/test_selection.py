"""CONTRIBUTING.md: `make test PAGE=gunicorn` tests one page, or says what must be done first."""

import ast
import os
import re
import time
from collections import Counter
from types import SimpleNamespace

import pytest

from handbook.checks import Finding, slugs
from handbook.paths import ROOT, SNIPPETS
from tests import selection


def test_a_page_has_the_tests_of_its_module_its_app_and_its_steps():
    def item(module: str, **parameters):
        return SimpleNamespace(path=ROOT / "tests" / module, callspec=SimpleNamespace(params=parameters))

    snippets, steps = "test_snippets.py", "test_walkthroughs.py"
    for its_own in (
        item("pages/test_heroku_local.py"),
        item(snippets, app="heroku-local"),
        item(snippets, app="heroku-local/form-x"),
        item(snippets, path=SNIPPETS / "heroku-local" / "app.py"),
        item(steps, page="guides/heroku-local"),
        item(steps, slug="heroku-local", language="en"),
    ):
        assert selection.is_test_of_page(its_own, "heroku-local")
    for anothers in (
        item("pages/test_heroku_2026.py"),
        item(snippets, app="heroku-local-2"),
        item(snippets, path=SNIPPETS / "ports" / "app.py"),
        item(steps, page="guides/ports"),
        item(steps, slug="ports", language="heroku"),
    ):
        assert not selection.is_test_of_page(anothers, "heroku-local")


def is_fixture(function: ast.FunctionDef) -> bool:
    return any("fixture" in ast.unparse(decorator) for decorator in function.decorator_list)


def test_no_test_is_left_out_by_its_name_and_none_is_skipped_without_a_reason():
    texts = {path: path.read_text("utf-8") for path in sorted((ROOT / "tests").rglob("*.py"))}
    uses = Counter(re.findall(r"\w+", "\n".join(texts.values())))
    found = []
    for path, text in texts.items():
        tree, is_collected = ast.parse(text), path.name.startswith("test_")
        functions = [node for node in tree.body if isinstance(node, ast.FunctionDef) and not is_fixture(node)]
        for function in functions:
            if function.name.startswith("test_") != is_collected and (not is_collected or uses[function.name] == 1):
                found.append((path.name, function.name))
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        explained = {id(call.func) for call in calls if any(option.arg == "reason" for option in call.keywords)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and re.search(r"\bmark\.(?:skip|xfail)", ast.unparse(node)):
                found += [(path.name, ast.unparse(node))] if id(node) not in explained else []
    assert found == []


def test_a_site_that_is_missing_or_older_than_its_sources_is_built_first(tmp_path):
    built, site, source = tmp_path / "_build/built", tmp_path / "_build/html", tmp_path / "docs/a.md"
    for path in (built, source, tmp_path / "locale/es/a.mo"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert selection.find_build_problem(built, site, tmp_path) == "The site is not built: run `make html` first."
    site.mkdir()
    now = time.time()
    os.utime(source, (now, now - 60))
    os.utime(built, (now, now - 30))
    assert selection.find_build_problem(built, site, tmp_path) == ""
    for name in ("docs/a.md", "handbook/known_errors.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
        advice = f"{name} is newer than the built site: run `make html` first."
        assert selection.find_build_problem(built, site, tmp_path) == advice
        (tmp_path / name).unlink()


@pytest.mark.parametrize(
    ("one_page", "ci", "outcome"),
    [("ports", "", pytest.skip), ("ports", "true", pytest.fail), (None, "", pytest.fail)],
)
def test_a_missing_program_skips_a_test_of_one_page_on_a_laptop_and_fails_any_other(
    one_page, ci, outcome, monkeypatch, request
):
    monkeypatch.setenv("CI", ci) if ci else monkeypatch.delenv("CI", raising=False)
    monkeypatch.setattr(request.config.option, "page", one_page)
    find = selection.require.__wrapped__(request.config)
    assert find("sh", "").endswith("/sh")
    with pytest.raises(outcome.Exception) as missing:
        find("no-such-program", "`make cli` installs it.")
    assert missing.value.msg == "no-such-program is missing: `make cli` installs it."


@pytest.mark.parametrize(
    ("slug", "advice"),
    [
        ("gunicron", 'No page has the slug "gunicron". Is it gunicorn?'),
        ("xyzzy", 'No page has the slug "xyzzy". There'),
    ],
)
def test_a_slug_of_no_page_is_one_line_with_the_nearest(slug, advice):
    with pytest.raises(SystemExit) as stop:
        slugs.require_page(ROOT, slug)
    assert str(stop.value).startswith(advice)
    assert "\n" not in str(stop.value)


def test_a_finding_belongs_to_a_page_and_to_a_language():
    catalogue = Finding("locale/es/LC_MESSAGES/guides/heroku-local.po", 1, "")
    for own in ("docs/guides/heroku-local.md", "snippets/heroku-local/app.py", "tests/pages/test_heroku_local.py"):
        assert slugs.is_about_page(Finding(own, 1, ""), "heroku-local")
        assert Finding(own, 1, "").language_code == "en"
    assert slugs.is_about_page(catalogue, "heroku-local")
    assert not slugs.is_about_page(Finding("snippets/ports/heroku-local.bash", 1, ""), "ports-2")
    assert catalogue.language_code == "es"
    assert Finding("docs/guides/ports.md", 1, "", "pt_BR").language_code == "pt_BR"
