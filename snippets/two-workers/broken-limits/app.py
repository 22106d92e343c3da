from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

app = Flask(__name__)
limiter = Limiter(get_remote_address, app=app, headers_enabled=True)


@app.get("/limited")
@limiter.limit("5 per day")
def limited():
    return "One of five"
