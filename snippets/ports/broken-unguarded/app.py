import os

from flask import Flask

app = Flask(__name__)


@app.get("/")
def index():
    return "Hello"


# part: run
app.run(host="0.0.0.0", port=int(os.environ["PORT"]))
# end: run
