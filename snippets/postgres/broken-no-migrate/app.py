from flask import Flask, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

app = Flask(__name__)
app.config.from_object("config")


class Base(DeclarativeBase):
    pass


db = SQLAlchemy(app, model_class=Base)


class Note(db.Model):
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]


@app.get("/")
def index():
    return "Hello"


@app.post("/notes")
def add():
    db.session.add(Note(text=request.form["text"]))
    db.session.commit()
    return "Saved"


@app.get("/notes")
def notes():
    return [note.text for note in db.session.scalars(db.select(Note))]
