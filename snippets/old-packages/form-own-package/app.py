from flask import Flask
from mypkg import GREETING

app = Flask(__name__)


@app.get("/")
def index():
    return GREETING
