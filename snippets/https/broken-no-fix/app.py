from flask import Flask, request

app = Flask(__name__)


@app.get("/me")
def me():
    return {"address": request.remote_addr}
