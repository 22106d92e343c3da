from flask import Flask

app = Flask(__name__)


@app.get("/")
def index():
    app.get("/more")(lambda: "More")
    return "Hello"
