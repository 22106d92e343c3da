import os
from secrets import compare_digest

from flask import Flask, request

app = Flask(__name__)


@app.before_request
def ask_for_password():
    password = os.environ.get("SITE_PASSWORD")
    given = request.authorization.password if request.authorization else None
    if password and not compare_digest((given or "").encode(), password.encode()):
        return "Log in first.", 401, {"WWW-Authenticate": 'Basic realm="Staging"'}


@app.get("/")
def index():
    return "Hello"
