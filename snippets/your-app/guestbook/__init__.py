import os

from flask import Flask, session


def create_app():
    app = Flask(__name__)
    app.secret_key = os.environ["SECRET_KEY"]

    @app.get("/")
    def index():
        session["visits"] = session.get("visits", 0) + 1
        return "Hello"

    return app
