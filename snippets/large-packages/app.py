from flask import Flask
from nltk.tokenize import word_tokenize

app = Flask(__name__)


@app.get("/")
def index():
    return "Hello"


@app.get("/words/<sentence>")
def words(sentence):
    return word_tokenize(sentence)
