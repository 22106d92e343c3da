from flask import Flask, request
from werkzeug.security import safe_str_cmp

app = Flask(__name__)


@app.get("/")
def index():
    return str(safe_str_cmp(request.args["key"], "secret"))
