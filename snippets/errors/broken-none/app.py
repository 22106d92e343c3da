import os

from flask import Flask

app = Flask(__name__)
url = os.environ.get("DATABASE_URL")
if url.startswith("postgres://"):
    url = url.replace("postgres://", "postgresql+psycopg://", 1)
