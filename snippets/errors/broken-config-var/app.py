import os

from flask import Flask

app = Flask(__name__)
app.config["API_KEY"] = os.environ["API_KEY"]
