from flask import Flask
from helpers import greeting

app = Flask(__name__)
app.add_url_rule("/", view_func=greeting)
