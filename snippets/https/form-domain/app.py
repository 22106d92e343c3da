from flask import Flask, redirect, request

app = Flask(__name__)


@app.before_request
def to_own_domain():
    if request.host.endswith(".herokuapp.com"):
        return redirect("https://www.example.com" + request.full_path.removesuffix("?"), code=308)


@app.get("/")
def index():
    return "Hello"
