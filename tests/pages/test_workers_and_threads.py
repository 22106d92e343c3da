"""docs/explanation/workers-and-threads.md: all its advice follows from the record of `make bench`.

The tests read the record and measure no speed. A run of some seconds checks that the benchmark counts correctly.
"""

import datetime
import re
from functools import partial

import pytest

from handbook.bench import record
from handbook.bench.measure import make_dyno, measure, measure_requests
from handbook.bench.setups import SETUPS
from handbook.fake_heroku import procfile
from handbook.fake_heroku.limits import MEMORY_MB
from handbook.paths import ROOT, SITE, SNIPPETS
from tests.conftest import data_error, parse_page, write_files

PAGE = ROOT / "docs/explanation/workers-and-threads.md"
DECIMAL_POINT = {"en": ".", "es": ","}  # of a decimal
SETUPS_BY_NAME = {setup.name: setup for setup in SETUPS}


@pytest.fixture(scope="module")
def bench_record() -> dict:
    return record.load_record(ROOT)


@pytest.fixture(scope="module")
def ratio(bench_record):
    """Return ratio("wait", "threads-8", "workers-1"): the value of the first setup divided by that of the second."""

    return partial(record.ratio_to_base, bench_record)


@pytest.fixture
def compute_ratio(bench_record, ratio):
    """Return ratio() for "compute"; skip if other programs ran during the record, for which another test fails."""
    if bench_record["busy"] > record.MAX_BUSY:
        pytest.skip("other programs ran while this record was made")
    return partial(ratio, "compute")


def format_ratio(value: float, language: str) -> str:
    return f"×{value:.1f}".replace(".", DECIMAL_POINT[language])


@pytest.mark.parametrize("setup", SETUPS, ids=lambda setup: setup.name)
def test_each_setting_that_was_measured_answers_on_a_dyno_and_fits_into_its_memory(setup, tmp_path):
    with make_dyno(setup, tmp_path).running() as web:
        assert web.get("/wait").text == "done"
        assert web.get("/compute").text == "2666646666700000"
        assert web.memory_mb() < MEMORY_MB


def test_the_benchmark_measures_each_load_and_the_memory_of_each_setup(require, tmp_path):
    require("wrk", "`make loader` installs it.")
    found = list(measure([SETUPS_BY_NAME["workers-1"], SETUPS_BY_NAME["threads-8"]], tmp_path, rounds=1, seconds=1))
    assert sorted((setup.name, kind) for setup, kind, _value in found) == [
        (name, kind) for name in ("threads-8", "workers-1") for kind in ("compute", "memory", "wait")
    ]


def test_the_benchmark_counts_no_request_that_the_app_has_not_answered(require, tmp_path):
    require("wrk", "`make loader` installs it.")
    with make_dyno(SETUPS_BY_NAME["threads-8"], tmp_path).running() as web:
        in_a_second = measure_requests(web, "wait", seconds=1)  # wrk goes on for a second at least
        assert 0 < in_a_second <= web.log.count('"GET /wait HTTP/1.1" 200')


def test_a_load_that_the_app_refuses_is_no_measurement(require, tmp_path, monkeypatch):
    require("wrk", "`make loader` installs it.")
    monkeypatch.setattr("handbook.bench.measure.LOADS", ("nowhere",))
    with pytest.raises(RuntimeError, match="/nowhere: Non-2xx or 3xx responses: "):
        list(measure([SETUPS_BY_NAME["workers-1"]], tmp_path))


def test_the_more_requests_are_inside_at_a_time_the_more_an_app_that_waits_answers(ratio):
    """ "Add threads if your app waits …" """
    names = ["workers-1", "workers-2", "workers-4", "threads-8"]
    assert sorted(names, key=lambda name: ratio("wait", name)) == names
    assert ratio("wait", "threads-8") > 4


def test_eight_threads_answer_as_much_as_eight_workers_with_far_less_memory(ratio):
    """ "Eight threads answer about as many requests as eight workers, and need far less memory." """
    assert 0.7 < ratio("wait", "threads-8", "workers-8") < 1.4
    assert ratio("memory", "workers-8", "threads-8") > 2


def test_the_record_was_made_while_nothing_else_ran(bench_record):
    assert bench_record["busy"] <= record.MAX_BUSY, "run `make bench` again, in a quiet moment"


def test_an_app_that_computes_needs_workers_and_no_threads(compute_ratio):
    """ "Threads do not help here … A second worker is a second process, and uses a second core." """
    assert compute_ratio("threads-8") < 1.3
    assert compute_ratio("workers-2") > 1.4


def test_more_workers_than_cores_do_not_answer_more(compute_ratio, bench_record):
    """ "With more workers than cores, the workers take turns, and answer hardly more requests." """
    as_many = max(number for number in (1, 2, 4) if number <= bench_record["cores"])
    assert compute_ratio("workers-8", f"workers-{as_many}") < 1.3


def test_the_settings_of_the_guide_are_good_at_both(ratio, compute_ratio, gunicorn_settings, facts):
    """ "If you do not know, begin with the settings of the Gunicorn guide: two workers of five threads each." """
    assert (facts["web_concurrency_small"]["value"], gunicorn_settings["threads"]) == ("2", 5)
    assert ratio("wait", "guide") > 4
    assert compute_ratio("guide") > 1.4


def test_loading_the_app_first_saves_memory(ratio):
    """ "With `preload_app`, the workers share a part of that memory." """
    assert ratio("memory", "guide") < ratio("memory", "threads-2x5")


def test_a_worker_needs_memory_and_a_thread_hardly_any(ratio):
    """ "A thread needs hardly any memory, but each worker loads your app once more." """
    assert ratio("memory", "threads-8") < 1.2
    one = ratio("memory", "workers-2") - 1
    assert one > 0.2
    assert ratio("memory", "workers-8") == pytest.approx(1 + 7 * one, rel=0.25)


def test_with_the_same_settings_the_server_matters_little(ratio):
    """ "With the same workers and threads, uWSGI and Gunicorn answer about as many requests while the app waits." """
    assert 0.7 < ratio("wait", "uwsgi", "guide") < 1.4


def test_flask_s_own_server_leads_when_the_app_waits(ratio):
    """ "Flask's development server starts a thread for each visitor, so it leads when the app waits." """
    assert max(SETUPS_BY_NAME, key=lambda name: ratio("wait", name)) == "development"


@pytest.mark.parametrize("language", DECIMAL_POINT)
def test_each_figure_of_the_page_is_the_one_of_the_record(language, ratio, bench_record):
    page = parse_page(SITE / language / "explanation/workers-and-threads.html")
    [table] = page.findall(".//table")
    rows = [[cell.text_content().strip() for cell in row.findall("td")] for row in table.findall("tbody/tr")]
    kinds = ("wait", "compute", "memory")
    assert [row[1:] for row in rows] == [
        [format_ratio(ratio(kind, setup.name), language) for kind in kinds] for setup in SETUPS
    ]
    drawings = page.findall(".//figure//svg")
    assert len(drawings) == len(kinds)
    shown = [setup.name for setup in SETUPS if setup.line.startswith("gunicorn")]
    for kind, drawing in zip(kinds, drawings, strict=True):
        numbers = [p.text for p in drawing.iter("p") if p.get("translate") == "no"]
        assert numbers == [format_ratio(ratio(kind, name), language) for name in shown]
        widths = [float(bar.get("width")) for bar in drawing.iter("rect")]
        assert widths == pytest.approx(
            [max(widths) * ratio(kind, name) / max(ratio(kind, other) for other in shown) for name in shown], abs=0.1
        )
    [conditions] = [p.text_content() for p in page.iter("p") if "wrk" in p.text_content()]
    for program, version in bench_record["versions"].items():
        assert f"{program} {version}" in conditions
    assert str(bench_record["cores"]) in conditions
    assert str(bench_record["date"].year) in conditions


def test_no_sentence_has_a_figure_that_the_next_record_could_make_false():
    prose = re.sub(r"(?s)^```.*?^```|\{\{.*?\}\}|`[^`]*`|\]\([^)]*\)", "", PAGE.read_text("utf-8"), flags=re.MULTILINE)
    assert not re.search(r"\d|×|%", prose)


def test_the_lines_of_the_page_are_among_those_that_were_measured():
    lines = {setup.line for setup in SETUPS}
    for path in SNIPPETS.glob("workers-and-threads/**/Procfile"):
        assert procfile.read_procfile(path)["web"] in lines


def test_what_was_measured_is_read_again_as_it_was_written(tmp_path):
    (tmp_path / record.FILE).parent.mkdir(parents=True)
    found = {setup.name: {kind: [2.0, 4.0, 9.0] for kind in record.METRICS} for setup in SETUPS}
    found["uwsgi"] = {kind: [1.0, 8.0, 30.0] for kind in record.METRICS}
    record.write_record(tmp_path, found, datetime.date(2026, 1, 31), 0.04)
    written = record.load_record(tmp_path)
    assert written["measured"] == found
    assert written["date"] == datetime.date(2026, 1, 31)
    assert written["busy"] == 0.04
    assert record.ratio_to_base(written, "wait", "uwsgi") == 2


@pytest.mark.parametrize(
    ("line", "becomes"),
    [
        (r"\[measured\.uwsgi\]", "[measured.other]"),
        ("cores = .*", ""),
        ("cores = .*", 'cores = "two"'),
        ("busy = .*", ""),
        ("memory = .*", ""),
        ("memory = .*", "memory = []"),
        ("memory = .*", 'memory = ["much"]'),
        ("memory = .*", "memory = [0]"),
    ],
)
def test_a_record_that_is_not_whole_is_refused_with_what_to_do(line, becomes, tmp_path):
    whole = (ROOT / record.FILE).read_text("utf-8")
    damaged, found = re.subn(f"(?m)^{line}$", becomes, whole, count=1)
    assert found
    write_files(tmp_path, {record.FILE: damaged})
    assert re.match(f"{record.FILE}: .*run `make bench`", data_error(record.load_record, tmp_path))
