import os

from flask import Flask, request
from flask_cors import CORS

app = Flask(__name__)
# The sites whose pages may call this API, separated by commas.
origins = os.environ.get("ALLOWED_ORIGINS", "").split(",")
CORS(app, resources={"/api/*": {"origins": origins}})


@app.get("/")
def index():
    return "Hello"


@app.post("/api/greeting")
def greeting():
    return {"greeting": f"Hello, {request.get_json()['name']}"}
