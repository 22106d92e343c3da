"""Copied into an app as sitecustomize.py by a test that needs a slow request: every Flask app gets /slow/<seconds>."""

import time

import flask


class Flask(flask.Flask):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.add_url_rule("/slow/<float:seconds>", "slow", lambda seconds: (time.sleep(seconds), "done")[1])


flask.Flask = Flask
