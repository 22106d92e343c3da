"""Heroku's data service, as `heroku pg:backups` uses it: it copies the app's database and keeps the copies.

The CLI requests a copy through the API, and downloads it over TLS from the URL that url() returns.
"""

from datetime import UTC, datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from handbook.fake_heroku.addons.postgres import BIN
from handbook.fake_heroku.certificates import load_context
from handbook.fake_heroku.process import QuietHandler, TlsServer
from handbook.programs import LONG_SECONDS, run_program


class FileHandler(QuietHandler, SimpleHTTPRequestHandler):
    """Serves the copies."""


class Backups(TlsServer, ThreadingHTTPServer):
    """The copies of one app's database: files that can be downloaded inside a `with` block. Made by App."""

    def __init__(self, folder: Path, certificate: Path):
        self.folder = folder / "backups"
        self.copies: list[dict] = []
        self.folder.mkdir()
        super().__init__(("127.0.0.1", 0), partial(FileHandler, directory=self.folder))
        self.context = load_context(certificate)

    def capture(self, address: str, name: str) -> dict:
        """Copy the database at a URL, and return the data service's description of the copy.

        Heroku responds before the copy is complete; here it is complete when this returns.
        """
        number = len(self.copies) + 1
        file = self.folder / f"{number}.dump"
        command: list[str | Path] = [BIN / "pg_dump", "--format=custom", f"--file={file}", address]
        run_program(command, check=True, timeout=LONG_SECONDS)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        copy = {"uuid": str(number), "num": number, "from_name": name, "from_type": "pg_dump", "to_type": "gof3r"}
        copy |= {"created_at": now, "started_at": now, "finished_at": now, "succeeded": True}
        self.copies.append(copy | {"processed_bytes": file.stat().st_size})
        return self.copies[-1]

    def url(self, number: int) -> dict:
        return {"url": f"https://127.0.0.1:{self.server_port}/{number}.dump"}
