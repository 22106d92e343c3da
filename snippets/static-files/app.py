# part: compress
import hashlib
from datetime import timedelta
from pathlib import Path

from flask import Flask, render_template
from flask_compress import Compress

app = Flask(__name__)
Compress(app)
# end: compress

# part: cache
app.config["SEND_FILE_MAX_AGE_DEFAULT"] = timedelta(hours=1)


@app.url_defaults
def add_version(endpoint, values):
    file = Path(app.static_folder, values.get("filename", ""))
    if endpoint == "static" and file.is_file():
        values["v"] = hashlib.sha256(file.read_bytes()).hexdigest()[:8]


# end: cache


# part: view
@app.get("/")
def index():
    return render_template("index.html")


# end: view
