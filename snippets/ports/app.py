from flask import Flask

app = Flask(__name__)


@app.get("/")
def index():
    return "Hello"


# part: laptop
# On a laptop, start it with python app.py. Gunicorn imports this file, and skips these lines.
if __name__ == "__main__":
    app.run()
# end: laptop
