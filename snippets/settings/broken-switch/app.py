import os

from flask import Flask

app = Flask(__name__)
if os.environ.get("APP_MODE") == "PRODUCTION":
    app.config.from_object("config")
else:
    app.config.from_object("production_config")


@app.get("/")
def index():
    return "Hello"
