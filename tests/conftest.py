"""Fixtures: they own processes, ports and time; the tests own the claims."""

import runpy

import pytest
from facts import read

from tests import ROOT, SNIPPETS
from tests.platform.dyno import Dyno
from tests.platform.laptop import Laptop


@pytest.fixture
def dyno(tmp_path_factory):
    """Return dyno("slug") or dyno("slug/broken-variant"): a context manager that starts its web process."""

    def make(name: str, **options) -> Dyno:
        return Dyno(name, tmp_path_factory.mktemp("dyno"), **options)

    return make


@pytest.fixture
def laptop(tmp_path_factory) -> Laptop:
    return Laptop(tmp_path_factory.mktemp("laptop"))


@pytest.fixture
def expected():
    """Return expected("slug/broken-variant"): the lines of the message that the page prints."""

    def read(name: str) -> list[str]:
        lines = (SNIPPETS / name / "expected.txt").read_text("utf-8").splitlines()
        assert any(line.strip() for line in lines), f"{name}/expected.txt is empty"
        return [line.strip() for line in lines if line.strip()]

    return read


@pytest.fixture(scope="session")
def facts() -> dict[str, dict]:
    """Return docs/facts.toml."""
    return read(ROOT)


@pytest.fixture(scope="session")
def gunicorn_settings() -> dict:
    """Return what gunicorn.conf.py of the Gunicorn guide sets."""
    return runpy.run_path(str(SNIPPETS / "gunicorn" / "gunicorn.conf.py"))
