import time

from flask import Flask

app = Flask(__name__)


@app.get("/")
def index():
    return "Hello"


# part: views
@app.get("/wait")
def wait():
    # Stands for a database or another site that takes a tenth of a second.
    time.sleep(0.1)
    return "done"


@app.get("/compute")
def compute():
    total = sum(number * number for number in range(200_000))
    return f"{total}"


# end: views
