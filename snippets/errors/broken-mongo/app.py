from flask import Flask
from pymongo import MongoClient

app = Flask(__name__)
client = MongoClient(serverSelectionTimeoutMS=5000)


@app.get("/")
def index():
    return "Hello"


@app.get("/notes")
def notes():
    return [note["text"] for note in client.app.notes.find()]
