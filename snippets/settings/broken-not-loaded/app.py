from flask import Flask, session

app = Flask(__name__)


@app.get("/")
def index():
    session["seen"] = True
    return "Hello"
