"""`make try APP=../my-app`: builds and starts a reader's own app under the imitation of Heroku, and reports on it."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

OK, FINDINGS, UNUSABLE = 0, 1, 2  # exit statuses


class NotUsable(Exception):
    """The folder, or what comes with it, cannot be tried. str() is one line: what is wrong, and what to do."""


@contextmanager
def name_failures(what: str) -> Iterator[None]:
    """Raise NotUsable, "This machine could not <what>: …", for what fails inside for a reason that is not the app's."""
    try:
        yield
    except (RuntimeError, OSError, ValueError, subprocess.SubprocessError) as error:
        reason = (str(error).strip().splitlines() or ["?"])[-1]
        raise NotUsable(f"This machine could not {what}: {reason}") from None
