from flask import Flask, request

app = Flask(__name__)


@app.get("/me")
def me():
    addresses = request.headers["X-Forwarded-For"].split(",")
    return {"address": addresses[0].strip()}
