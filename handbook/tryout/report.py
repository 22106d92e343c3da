"""The results of a trial, from which the text on the screen, FORMAT=json and the exit status are made."""

from dataclasses import asdict, dataclass, field
from typing import Any

from handbook.tryout import FINDINGS, OK, UNUSABLE
from handbook.tryout.findings import Fault

VERDICTS = {OK: "well", FINDINGS: "findings", UNUSABLE: "could not be used"}
ANSWERED, CUT_OFF, UNKNOWN = "answered", "cut off", "not looked at"


@dataclass
class ProcessResult:
    """One process. verdict: of web, "up" or Heroku's error code; of any other, "running", "ended" or "failed"."""

    process: str
    line: str  # of the Procfile
    verdict: str = ""
    why: str = ""
    address: str = ""
    status: int | None = None  # of the last answer
    memory_mb: int | None = None
    boot_seconds: float | None = None
    stop_seconds: float | None = None
    under_way: str = ""  # what became of a request while it stopped
    path: str = ""  # what was requested, with the redirects that were followed, such as "/ → /login"


@dataclass
class Report:
    app: str
    commit: str = ""  # its first seven digits; "" where there is none
    subject: str = ""  # of the commit
    branch: str = ""  # "HEAD" where no branch is checked out
    files: int = 0
    not_pushed: dict[str, list[str]] = field(default_factory=lambda: {"changed": [], "untracked": []})
    package_manager: str = ""
    python: str = ""  # the version that Heroku would use
    processes: dict[str, str] = field(default_factory=dict)  # of the Procfile
    config: list[str] = field(default_factory=list)  # names only
    missing: list[str] = field(default_factory=list)  # config vars to give
    seen: list[ProcessResult] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    cannot_tell: list[str] = field(default_factory=list)
    unusable: str = ""  # why it could not be used

    @property
    def status(self) -> int:
        return UNUSABLE if self.unusable else FINDINGS if self.faults or self.missing else OK

    @property
    def push_command(self) -> str:
        """The command that pushes the commit that was tried."""
        return f"git push heroku {'main' if self.branch == 'main' else 'HEAD:main'}"

    def as_data(self) -> dict[str, Any]:
        """Return the report as data for JSON; "verdict" and "status" come first."""
        return {"verdict": VERDICTS[self.status], "status": self.status} | asdict(self)
