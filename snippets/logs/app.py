import logging

from flask import Flask

logging.basicConfig(level=logging.INFO)
app = Flask(__name__)


@app.get("/")
def index():
    app.logger.info("Somebody is here")
    return "Hello"
