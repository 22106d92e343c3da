import os

from flask import Flask, jsonify
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
url = os.environ["DATABASE_URL"]
url = url.replace("postgres://", "postgresql+psycopg://")
app.config["SQLALCHEMY_DATABASE_URI"] = url
db = SQLAlchemy(app)


class Note(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    text = db.Column(db.Text)


@app.route("/")
def index():
    return "Hello"


@app.route("/notes")
def notes():
    return jsonify(notes=[note.text for note in Note.query.all()])


@app.cli.command("create-tables")
def create_tables():
    db.create_all()
    print("The tables are there.")
