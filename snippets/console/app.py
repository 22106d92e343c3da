from flask import Flask

app = Flask(__name__)


@app.get("/")
def index():
    return "Hello"


# part: command
@app.cli.command("greet")
def greet():
    print("Hello from a one-off dyno")
    # end: command
