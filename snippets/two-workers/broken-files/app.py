from cachelib import FileSystemCache
from flask import Flask, request, session
from flask_session import Session

app = Flask(__name__)
app.config["SESSION_TYPE"] = "cachelib"
app.config["SESSION_CACHELIB"] = FileSystemCache("sessions")
Session(app)


@app.post("/login")
def login():
    session["name"] = request.form["name"]
    return {"name": session["name"]}


@app.get("/me")
def me():
    return {"name": session.get("name")}
