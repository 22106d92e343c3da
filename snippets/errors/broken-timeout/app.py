import time

from flask import Flask

app = Flask(__name__)


@app.get("/")
def index():
    time.sleep(60)
    return "Hello"
