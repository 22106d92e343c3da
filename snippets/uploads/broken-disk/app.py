import os

from flask import Flask, request, send_from_directory
from werkzeug.utils import secure_filename

app = Flask(__name__)
FOLDER = os.path.join(app.root_path, "uploads")
os.makedirs(FOLDER, exist_ok=True)


@app.get("/")
def index():
    return "Hello"


@app.post("/uploads")
def upload():
    file = request.files["file"]
    name = secure_filename(file.filename)
    file.save(os.path.join(FOLDER, name))
    return name


@app.get("/uploads/<name>")
def show(name):
    return send_from_directory(FOLDER, name)
