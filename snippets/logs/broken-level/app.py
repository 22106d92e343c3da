from flask import Flask

app = Flask(__name__)


@app.get("/")
def index():
    app.logger.info("Somebody is here")
    return "Hello"
