import os

import requests
from flask import Flask

app = Flask(__name__)


@app.get("/")
def index():
    return "Hello"


@app.get("/weather")
def weather():
    return requests.get(os.environ["SITE"], timeout=2).text
