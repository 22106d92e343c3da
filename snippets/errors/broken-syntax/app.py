import os

from flask import Flask

app = Flask(__name__)
size = int(os.environ.get("SIZE", 20)))
