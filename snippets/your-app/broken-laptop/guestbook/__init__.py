from flask import Flask, session

KEY = "only for my laptop"


def create_app():
    app = Flask(__name__)
    app.secret_key = KEY

    @app.get("/")
    def index():
        session["visits"] = session.get("visits", 0) + 1
        return "Hello"

    return app
