import os

import psycopg
from flask import Flask

app = Flask(__name__)


@app.get("/")
def index():
    with psycopg.connect(os.environ["DATABASE_URL"]) as database:
        return database.execute("SELECT 'Hello'").fetchone()[0]
