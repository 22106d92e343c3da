import os

from flask import Flask, session
from flask_cors import CORS

app = Flask(__name__)
app.secret_key = os.environ["SECRET_KEY"]
origins = os.environ.get("ALLOWED_ORIGINS", "").split(",")
api = {"origins": origins, "supports_credentials": True}
CORS(app, resources={"/api/*": api})


@app.get("/")
def index():
    return "Hello"


@app.post("/api/visits")
def visits():
    session["visits"] = session.get("visits", 0) + 1
    return {"visits": session["visits"]}
