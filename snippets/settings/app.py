from flask import Flask, session

app = Flask(__name__)
app.config.from_object("config")


@app.get("/")
def index():
    return "Hello"


@app.get("/visits")
def visits():
    # The cookie is signed with SECRET_KEY: without the key nobody can write one.
    session["visits"] = session.get("visits", 0) + 1
    return str(session["visits"])
