"""What `make bench` compares, and under which loads: the settings of the servers, in the order of the page."""

from dataclasses import dataclass

from handbook.fake_heroku import procfile
from handbook.paths import SNIPPETS

LOADS = ("wait", "compute")  # the addresses of snippets/workers-and-threads/app.py
VISITORS, SECONDS, ROUNDS = 20, 2, 5


@dataclass(frozen=True)
class Setup:
    """A way to start a server. label: English, translated as a message of the page."""

    name: str
    label: str
    snippet: str
    command: str | None = None  # in place of the line of the Procfile

    @property
    def line(self) -> str:
        return self.command or procfile.read_procfile(SNIPPETS / self.snippet / "Procfile")["web"]


SETUPS = (
    Setup("workers-1", "1 worker", "servers", "gunicorn --workers 1 app:app"),
    Setup("workers-2", "2 workers", "servers", "gunicorn --workers 2 app:app"),
    Setup("workers-4", "4 workers", "servers", "gunicorn --workers 4 app:app"),
    Setup("workers-8", "8 workers", "servers", "gunicorn --workers 8 app:app"),
    Setup("threads-8", "1 worker with 8 threads", "servers", "gunicorn --workers 1 --threads 8 app:app"),
    Setup("threads-2x5", "2 workers with 5 threads each", "servers", "gunicorn --workers 2 --threads 5 app:app"),
    Setup("guide", "the Gunicorn guide, with preload_app", "gunicorn"),
    Setup("uwsgi", "uWSGI, 2 workers with 5 threads each", "uwsgi"),
    Setup("waitress", "Waitress, 4 threads", "servers/form-waitress"),
    Setup("development", "Flask's development server", "servers/broken-development"),
)
BASE = SETUPS[0].name  # what the others are compared with
