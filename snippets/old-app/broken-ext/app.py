import os

from flask import Flask, jsonify
from flask.ext.script import Manager
from flask.ext.sqlalchemy import SQLAlchemy

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["DATABASE_URL"]
db = SQLAlchemy(app)
manager = Manager(app)


class Note(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    text = db.Column(db.Text)


@app.route("/")
def index():
    return "Hello"


@app.route("/notes")
def notes():
    return jsonify(notes=[note.text for note in Note.query.all()])


@manager.command
def create_tables():
    db.create_all()
    print("The tables are there.")


if __name__ == "__main__":
    manager.run()
