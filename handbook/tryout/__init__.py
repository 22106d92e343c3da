"""`make try APP=../my-app`: builds and starts a reader's own app under the imitation of Heroku, and reports on it."""

import signal

WELL, FINDINGS, UNUSABLE = 0, 1, 2  # exit statuses
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)  # they end `make try`


class NotUsable(Exception):
    """The folder, or what comes with it, cannot be tried. str() is one line: what is wrong, and what to do."""
