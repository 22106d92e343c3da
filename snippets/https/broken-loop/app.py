from flask import Flask, redirect, request

app = Flask(__name__)


@app.before_request
def to_https():
    if not request.is_secure:
        return redirect(request.url.replace("http:", "https:", 1), code=308)


@app.get("/")
def index():
    return "Hello"
