from pathlib import Path

from flask import Flask

app = Flask(__name__)
words = Path("data/words.txt").read_text("utf-8").split()
