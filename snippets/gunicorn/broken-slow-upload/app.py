from flask import Flask, request

app = Flask(__name__)


@app.post("/upload")
def upload():
    return f"{len(request.data)} bytes"


@app.get("/")
def index():
    return "Hello"
