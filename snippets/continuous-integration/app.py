from flask import Flask
from markupsafe import escape

app = Flask(__name__)


@app.get("/")
def index():
    return "Hello"


@app.get("/<name>")
def greet(name):
    # A visitor may write anything into the address, HTML too.
    return f"Hello, {escape(name)}"
