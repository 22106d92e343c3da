import os

from flask import Flask, session

app = Flask(__name__)
app.secret_key = os.environ["SECRET_KEY"]


@app.get("/")
def index():
    session["visits"] = session.get("visits", 0) + 1
    return os.environ.get("GREETING", "Hello")
