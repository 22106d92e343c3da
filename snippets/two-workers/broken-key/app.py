import secrets

from flask import Flask
from flask_wtf.csrf import CSRFProtect, generate_csrf

app = Flask(__name__)
app.secret_key = secrets.token_hex()
CSRFProtect(app)


@app.get("/login")
def form():
    return {"csrf_token": generate_csrf()}


@app.post("/login")
def login():
    return "Hello"
