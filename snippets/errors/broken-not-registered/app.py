from flask import Flask
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
db = SQLAlchemy()


@app.get("/")
def index():
    return str(db.session.execute(db.text("SELECT 1")).scalar())
