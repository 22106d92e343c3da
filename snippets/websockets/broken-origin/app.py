import os

from flask import Flask
from flask_socketio import SocketIO

app = Flask(__name__)
app.secret_key = os.environ["SECRET_KEY"]
socketio = SocketIO(
    app,
    async_mode="threading",
    cors_allowed_origins=["https://shop.example.com"],
)


@app.get("/")
def index():
    return "Hello"
