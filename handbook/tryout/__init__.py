"""`make try APP=../my-app`: builds and starts a reader's own app under the imitation of Heroku, and says what it saw."""


class NotUsable(Exception):
    """The folder, or what comes with it, cannot be tried. str() is one line: what is wrong, and what to do."""
