import time

from flask import Flask, Response

app = Flask(__name__)


@app.get("/")
def index():
    return "Hello"


@app.get("/news")
def news():
    def stream():
        yield ": connected\n\n"
        time.sleep(600)
        yield "data: At last\n\n"

    return Response(stream(), mimetype="text/event-stream")
