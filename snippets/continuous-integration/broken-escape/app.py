from flask import Flask

app = Flask(__name__)


@app.get("/")
def index():
    return "Hello"


@app.get("/<name>")
def greet(name):
    return f"Hello, {name}"
