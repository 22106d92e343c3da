from flask import Flask

app = Flask(__name__)


@app.get("/")
def index():
    return "Hello"


# part: laptop
# On a laptop: python app.py. On Heroku, Gunicorn imports this file and leaves these lines out.
if __name__ == "__main__":
    app.run()
# end: laptop
