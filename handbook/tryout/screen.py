"""Prints a report as text for a terminal."""

import os
import re
import sys
from collections.abc import Iterator
from shlex import quote

from handbook import known_errors
from handbook.fake_heroku.limits import FACTS
from handbook.fake_heroku.router import ERRORS
from handbook.tryout import FINDINGS
from handbook.tryout.findings import Fault, find_page
from handbook.tryout.report import UNKNOWN, ProcessResult, Report

RED, GREEN, YELLOW, BOLD, PLAIN = "31", "32", "33", "1", ""
MAX_FILES_SHOWN, MAX_LINE_LENGTH = 5, 200  # of a list of files; of a line of a log, in characters
CODES = ERRORS | {"R10": "Boot timeout"}
CONTROL = re.compile(r"[\x00-\x08\n-\x1f\x7f-\x9f]")  # would move the cursor; file names may have them
REASONS = {"changed": "changed, not committed", "untracked": "not in Git"}


def is_colored() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def print_line(line: str, color: str = PLAIN) -> None:
    line = CONTROL.sub(lambda found: ascii(found[0])[1:-1], known_errors.ANSI_ESCAPE.sub("", line))
    print(f"\x1b[{color}m{line}\x1b[0m" if color and is_colored() else line, flush=True)


def print_report(report: Report, command: str, config_file: str = "") -> None:
    """Print a report, and what to do next; command tries the app again, with this file of config vars if any."""
    for line, color in render_report(report, command, config_file):
        print_line(line, color)


def render_report(report: Report, command: str, config_file: str = "") -> Iterator[tuple[str, str]]:
    """Yield (line, color)."""
    if report.unusable:
        yield report.unusable, RED
        return
    for line in render_source(report):
        yield line, PLAIN
    for result in report.seen:
        well = result.verdict in ("up", "running", "ended") and result.why == ""
        yield from ((line, GREEN if well else RED) for line in render_process(result))
    for warning in report.warnings:
        yield from render_fault(warning, "Warning:", YELLOW)
    for number, fault in enumerate(report.faults, 1):
        yield from render_fault(fault, f"{number}.", RED)
    for name in report.missing:
        yield f"The config var {name} is missing.", RED
    if report.cannot_tell:
        yield "What this machine cannot tell:", PLAIN
        yield from ((f"  {note}", PLAIN) for note in report.cannot_tell)
    if any(result.under_way == UNKNOWN for result in report.seen):
        yield "Whether a request survives the stop is not known: the app lets no slow address in.", PLAIN
    yield from render_next_step(report, command, config_file)


def render_source(report: Report) -> Iterator[str]:
    files = f"{report.files} file{'s' * (report.files != 1)}"
    subject = f" “{report.subject}”" if report.subject else ""
    yield (
        f"Git would push the commit {report.commit}{subject}: {files}"
        if report.commit
        else f"No commit has this folder; tried: the {files} that Git would take"
    )
    if report.python:
        yield f"Packages: {report.package_manager}; Python {report.python}"
    for name, line in report.processes.items():
        yield f"{name}: {line}"
    if report.config:
        yield f"Config vars: {', '.join(report.config)}"
    yield from report.notes


def render_process(result: ProcessResult) -> Iterator[str]:
    """Yield what became of a process, and in a second line what was measured."""
    if result.why:
        code = f"{result.verdict} ({CODES[result.verdict]})" if result.verdict in CODES else result.verdict
        yield f"{result.process}: {code}: {result.why}"
        return
    first = f"{result.process} is {result.verdict}" if result.verdict != "ended" else f"{result.process} has ended well"
    if result.boot_seconds is not None:
        first += f", in {result.boot_seconds:.1f} s" + (f", at {result.address}" if result.address else "")
    yield first
    parts = []
    if result.status is not None:
        parts.append(f"{result.path or '/'} answers {result.status}")
    if result.memory_mb is not None:
        parts.append(f"memory {result.memory_mb} MB of {FACTS['small_dyno_memory']['value']}")
    if result.stop_seconds is not None:
        parts.append(f"stopped in {result.stop_seconds:.1f} s")
    if result.under_way:
        parts.append(f"request under way: {result.under_way}")
    if parts:
        yield f"   {'; '.join(parts)}"


def render_fault(fault: Fault, head: str, color: str) -> Iterator[tuple[str, str]]:
    yield f"{head} {fault.what}", color
    tail = () if fault.where == "build" else fault.tail  # build_app() has shown the last lines of a build
    yield from ((f"   {truncate(line)}", PLAIN) for line in tail)
    if fault.line and fault.line not in map(str.strip, tail):
        yield f"   {truncate(fault.line)}", BOLD
    for line in fault.cure.splitlines():
        yield f"   {line}", PLAIN
    if fault.page and not fault.entry:  # it has a guide
        yield f"   {fault.page}", PLAIN
    elif fault.entry:
        yield f"   {fault.page or f'The errors page has it under {fault.entry}: `make html` builds the page.'}", PLAIN
    elif fault.tail:
        yield f"   No entry of the errors page names it. {find_page('', 'reference/errors').rstrip('#')}", PLAIN


def truncate(line: str) -> str:
    return line if len(line) <= MAX_LINE_LENGTH else f"{line[:MAX_LINE_LENGTH]} …"


def render_next_step(report: Report, command: str, config_file: str) -> Iterator[tuple[str, str]]:
    if report.missing or config_file:
        command += f" CONFIG={quote(config_file or 'file')}"
    left_out = f"Not tried: {', '.join(list_untried(report))}." if any(report.not_pushed.values()) else ""
    if report.status == FINDINGS:
        if left_out:
            yield left_out, YELLOW
        yield f"Next: {', '.join(list_corrections(report, config_file))}, and try again: {command}", BOLD
    elif left_out:
        yield (
            f"All is well in what is committed. {left_out} Next: commit, and try again; or {report.push_command}",
            YELLOW,
        )
    else:
        yield f"All is well here. Next: {report.push_command}", GREEN


def list_corrections(report: Report, config_file: str) -> Iterator[str]:
    numbers = [number for number, fault in enumerate(report.faults, 1) if fault.config_var not in report.missing]
    if numbers:
        yield f"correct number {numbers[0]}, commit"
    if report.missing:
        wanted = " and ".join(f"{name}=…" for name in report.missing)
        yield f"write {wanted} into {config_file or 'a file outside Git'}"


def list_untried(report: Report) -> Iterator[str]:
    """Yield the files that are not in the commit, each list with its reason."""
    for words, names in report.not_pushed.items():
        if names:
            more = f" and {len(names) - MAX_FILES_SHOWN} more" if len(names) > MAX_FILES_SHOWN else ""
            yield f"{', '.join(names[:MAX_FILES_SHOWN])}{more} ({REASONS[words]})"
