"""Updates: compare the facts and the pins with the newest versions that a program can look up.

`watch` of a fact says what to look up; for a pin it is the package's newest release. GitHub and endoflife.date are
queried over HTTP, packages through npm, pip and uv, which know their registries. Each lookup is made once.
"""

import datetime
import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import requests
from packaging.requirements import Requirement
from packaging.version import InvalidVersion, Version

from handbook import facts, requirements
from handbook.checks import Finding, list_pages
from handbook.data_files import find_key_line, read_text
from handbook.programs import run_program
from handbook.sphinxext import versions

# Environment variables: GitHub Actions sets the first, the tests set both to a server on loopback.
GITHUB, ENDOFLIFE = "GITHUB_API_URL", "ENDOFLIFE_API_URL"
API_URLS = {GITHUB: "https://api.github.com", ENDOFLIFE: "https://endoflife.date/api"}
TIMEOUT = 20
VERSION = re.compile(r"\bv?\d+(?:\.\d+)*(?:\.?(?:post|rc|a|b)\d+)?\b", re.ASCII)
NO_CONNECTION = re.compile(
    r"NewConnectionError|ConnectTimeout|ProxyError|connection broken"  # pip
    r"|ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNRESET"  # npm
    r"|error sending request|dns error|client error \(Connect\)|Could not connect|Failed to fetch"  # uv
)


class LookupFailed(Exception):
    """A lookup has failed. str() is one line that says of which server, client or package, and why."""


class Offline(LookupFailed):
    """A lookup has failed because there is no connection."""


class Report(NamedTuple):
    """updates: what has a newer version; notes: lines on pins that are held back on purpose and on failed lookups."""

    updates: list[Finding]
    notes: list[str]


# Lookups of the newest versions: each raises LookupFailed; without a connection, Offline.


def get_json(server: str, path: str) -> Any:
    """Return the decoded JSON that one of API_URLS answers."""
    url = f"{os.environ.get(server) or API_URLS[server]}/{path}"
    host, token = urlsplit(url).netloc, os.environ.get("GITHUB_TOKEN") if server == GITHUB else None
    try:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = requests.get(url, timeout=TIMEOUT, headers=headers)
    except (requests.ConnectionError, requests.Timeout):
        raise Offline(f"{host} cannot be reached.") from None
    except requests.RequestException as error:
        raise LookupFailed(f"{host} gives no whole answer: {type(error).__name__}.") from None
    if answer.status_code in (403, 429):
        raise LookupFailed(f"{host} takes no more questions for now: try again in an hour, or set GITHUB_TOKEN.")
    if not answer.ok:
        raise LookupFailed(
            f"{url} answers {answer.status_code}. If it still does tomorrow, correct `watch` in {facts.FILE}."
        )
    try:
        return answer.json()
    except requests.JSONDecodeError:
        raise LookupFailed(f"{url} answers something that is not JSON.") from None


def newest_github_release(repository: str) -> str:
    answer = get_json(GITHUB, f"repos/{repository}/releases/latest")
    if not isinstance(answer, dict) or not VERSION.fullmatch(str(answer.get("tag_name"))):
        raise LookupFailed(
            f"the newest release of github.com/{repository} has no version: correct `watch` in {facts.FILE}."
        )
    return answer["tag_name"]


def supported_versions(product: str, kind: str) -> list[str]:
    """Return the newest version of each supported cycle of a product; for "endoflife-cycles", the cycles."""
    answer = get_json(ENDOFLIFE, f"{product}.json")
    key = "latest" if kind == "endoflife-latest" else "cycle"
    if isinstance(answer, list) and all(isinstance(row, dict) and "cycle" in row for row in answer):
        found = [str(row.get(key)) for row in answer if is_supported(row, kind)]
        if all(map(VERSION.fullmatch, found)):
            return found
    raise LookupFailed(f"endoflife.date's list of {product} has a new format: correct handbook/checks/watch.py.")


def newest_npm_release(package: str) -> str:
    command = ["npm", "view", package, "version", "--json", "--fetch-retries=1"]
    found = run_client("npm", command, package).strip('"')
    if not VERSION.match(found):
        raise LookupFailed(f"handbook/checks/watch.py cannot read what npm prints about {package}.")
    return found


def newest_pypi_release(name: str) -> str:
    """Return the newest release of a Python package that runs on this Python."""
    command = [sys.executable, "-m", "pip", "index", "versions", "--json", "--retries=1", f"--timeout={TIMEOUT}"]
    try:
        return json.loads(run_client("pip", [*command, name], name))["versions"][0]
    except (ValueError, LookupError, TypeError):
        raise LookupFailed(f"handbook/checks/watch.py cannot read what pip prints about {name}.") from None


def run_client(client: str, command: list[str], about: str) -> str:
    """Return what a registry's own client prints. Raises LookupFailed or Offline."""
    try:
        result = run_program(command, capture_output=True, encoding="utf-8", timeout=6 * TIMEOUT)
    except FileNotFoundError:
        raise LookupFailed(f"{client} is not installed: {about} was not looked up.") from None
    except TimeoutError:
        raise Offline(f"{client} got no answer about {about} in {6 * TIMEOUT} seconds.") from None
    if result.returncode == 0 and result.stdout.strip():
        return result.stdout.strip()
    if NO_CONNECTION.search(result.stderr):
        raise Offline(f"{client} reaches no registry.")
    message = (result.stderr.strip() or "nothing").splitlines()[-1]
    raise LookupFailed(f"{client} knows nothing about {about}: {message}")


def look_up(lookup: Callable[[str], Any], what: str) -> Any:
    """Return what a lookup returns; the LookupFailed that it raises, so that the others are made all the same."""
    try:
        return lookup(what)
    except LookupFailed as error:
        return error


def newest_pypi_releases(names: set[str]) -> dict[str, str | LookupFailed]:
    """Return {package: newest release, or the LookupFailed}."""
    with ThreadPoolExecutor(4) as pool:
        return dict(zip(sorted(names), pool.map(partial(look_up, newest_pypi_release), sorted(names)), strict=True))


# For each lookup, a comparison yields a Finding if there is a newer version, a note or "" if not, or the LookupFailed.
Results = Iterator[Finding | str | LookupFailed]
Comparison = Callable[[Path], Results]


def find_updates(root: Path, comparisons: Sequence[Comparison] | None = None) -> Report:
    """Return what has newer versions, by all comparisons or by these; without any connection, only a note."""
    comparisons = comparisons or (compare_facts, compare_snippet_pins, compare_tool_pins, compare_npm_pins)
    results = [found for compare in comparisons for found in compare(root)]
    notes = [found for found in results if isinstance(found, str) and found]
    if results and all(isinstance(found, Offline) for found in results):
        notes.append("No connection to the internet: only the dates were checked, not the versions.")
    else:
        notes += sorted({f"Not known today: {found}" for found in results if isinstance(found, LookupFailed)})
    return Report([found for found in results if isinstance(found, Finding)], notes)


def compare_facts(root: Path) -> Results:
    """Compare the version that was seen of each fact's source with the newest one."""
    source, known = read_text(root, facts.FILE), {}
    for name, fact in facts.load_facts(root).items():
        if not (watch := fact.get("watch")):
            continue
        if watch not in known:
            known[watch] = look_up(latest_version, watch)
        new = known[watch]
        if isinstance(new, LookupFailed):
            yield new
            continue
        seen, now = compare_versions(fact, new)
        if seen == now:
            yield ""
            continue
        advice = f"{name}: {seen} → {now} ({watch}): {update_advice(fact)}"
        where = describe_printing_pages(root, rf"\{{\{{ ?{name} ?\}}\}}", "reference/limits")
        yield Finding(facts.FILE, find_key_line(source, name, "seen"), f"{advice} {where}")


def update_advice(fact: dict) -> str:
    """Return what to do with a fact that was checked too long ago or whose source has a newer version."""
    return f"read {fact['source']} again, then correct `value`, `seen` and `checked`."


def latest_version(watch: str) -> str | list[str]:
    """Return the newest version; for endoflife.date, a list of those of all supported cycles. Raises LookupFailed."""
    kind, what = watch.split()
    if kind == "github-release":
        return newest_github_release(what)
    return newest_npm_release(what) if kind == "npm" else supported_versions(what, kind)


def is_supported(cycle: dict, kind: str) -> bool:
    """Return whether a version still gets fixes and, for "endoflife-cycles" (a service), can still be created.

    eol and support are a day, true or false; only "eol": true means an end without a day.
    """
    ends = [cycle.get("eol")] + [cycle.get("support")] * (kind == "endoflife-cycles")
    today = datetime.date.today().isoformat()
    return ends[0] is not True and not any(isinstance(end, str) and end <= today for end in ends)


def compare_versions(fact: dict, new: str | list[str]) -> tuple[str, str]:
    """Return (version in facts.toml, newest version), the same text twice if nothing is newer."""
    if isinstance(new, list):
        have = VERSION.findall(fact["value"])
        return ", ".join(sorted(have, key=Version)), ", ".join(sorted(new, key=Version))
    match = VERSION.search(fact["seen"])
    if not match:
        return "no version", new
    return match[0], new if is_newer(new, match[0]) else match[0]


def compare_snippet_pins(root: Path) -> Results:
    """Compare each pin of the snippets that work; a comment after a pin is the reason why it is held back."""
    pinned: dict[tuple[str, str, str], list[tuple[str, int]]] = {}
    for path in sorted((root / "snippets").rglob("requirements*.txt")):
        relative = path.relative_to(root).as_posix()
        if "/broken-" in relative:
            continue  # these pin old versions on purpose
        for number, line in enumerate(read_text(root, path).splitlines(), 1):
            if match := versions.PIN.match(line):
                reason = line.partition("#")[2].strip()
                pinned.setdefault((match[1], match[2], reason), []).append((relative, number))
    known = newest_pypi_releases({name for name, _pin, _reason in pinned})
    for (name, pin, reason), places in pinned.items():
        new = known[name]
        if isinstance(new, LookupFailed):
            yield new
        elif not is_newer(new, pin):
            yield ""
        elif reason:
            yield f"Held back: {name} {pin}, newest {new}: {reason}"
        else:
            first, number = places[0]
            others = "" if len(places) == 1 else f", and in {len(places) - 1} more file{'s' if len(places) > 2 else ''}"
            shown = "|".join(re.escape(place.removeprefix("snippets/")) for place, _number in places)
            in_a_sentence = rf"\{{\{{ ?{name.lower().replace('-', '_')}_version ?\}}\}}"
            pattern = rf"(\{{snippet\}} ?({shown})|{in_a_sentence})"
            where = describe_printing_pages(root, pattern, "reference/versions")
            advice = f"{name} {pin} → {new}: raise the pin here{others}, then `make test`."
            yield Finding(first, number, f"{advice} {where}")


def compare_tool_pins(root: Path) -> Results:
    """Compare requirements.txt with what `make requirements` would write, and check the bounds of requirements.in."""
    lines = read_text(root, "requirements.txt").splitlines()
    try:
        now = set(requirements.compile_requirements(root).splitlines())
    except (RuntimeError, TimeoutError) as error:
        text = str(error)
        offline = NO_CONNECTION.search(text)
        yield Offline("uv reaches no registry.") if offline else LookupFailed(f"uv: {(text.splitlines() or ['?'])[-1]}")
        return
    moved = sorted(now - set(lines))
    for line in moved:
        name = Requirement(line).name
        number, before = next(
            ((n, old) for n, old in enumerate(lines, 1) if old not in now and old.startswith(f"{name}==")),
            (1, "nothing"),
        )
        where = describe_printing_pages(root, "a^", "reference/versions") if name in versions.list_direct(root) else ""
        yield Finding("requirements.txt", number, f"{before} → {line}: run `make requirements`. {where}".strip())
    yield ""
    yield from check_bounds(root)


def check_bounds(root: Path) -> Results:
    bounded = {
        wanted.name: (number, wanted.specifier, reason)
        for number, wanted, reason in requirements.read_requirements_in(root)
        if any(part.operator in ("<", "<=", "==", "~=") for part in wanted.specifier)
    }
    for name, new in newest_pypi_releases(set(bounded)).items():
        number, specifier, reason = bounded[name]
        if isinstance(new, LookupFailed):
            yield new
        elif specifier.contains(new):
            yield ""
        elif reason:
            yield f"Held back: {name}{specifier}, newest {new}: {reason}"
        else:
            advice = f"{name}{specifier} holds back {new}: write the reason behind it after a #, or raise the bound."
            yield Finding(requirements.FILE, number, advice)


def compare_npm_pins(root: Path) -> Results:
    """Compare each pin of package.json with the newest release."""
    source = read_text(root, versions.PACKAGE_FILE)
    for name, pin in versions.load_npm_pins(root).items():
        new = look_up(newest_npm_release, name)
        if isinstance(new, LookupFailed):
            yield new
        elif is_newer(new, pin):
            line = source[: source.index(f'"{name}"')].count("\n") + 1
            advice = f"{name} {pin} → {new}: `npm install --save-dev --save-exact {name}@{new}`, then `make test`."
            yield Finding(versions.PACKAGE_FILE, line, f"{advice} Printed at the foot of each page.")
        else:
            yield ""


def is_newer(new: str, pin: str) -> bool:
    try:
        return Version(new) > Version(pin)
    except InvalidVersion:
        return new != pin


def describe_printing_pages(root: Path, pattern: str, table: str) -> str:
    """Return "Printed on: …" with the pages whose text matches the pattern, and with the page of the table."""
    found = [page for page in list_pages(root) if re.search(pattern, read_text(root, Path("docs", page)))]
    return f"Printed on: {', '.join([*(page.with_suffix('').as_posix() for page in found), table])}."
