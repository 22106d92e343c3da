from flask import Flask, request

app = Flask(__name__)


@app.get("/")
def index():
    return "Hello"


@app.post("/api/greeting")
def greeting():
    return {"greeting": f"Hello, {request.get_json()['name']}"}
