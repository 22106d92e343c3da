# part: start
import os

import redis
from flask import Flask, Response
from flask_socketio import SocketIO, emit

app = Flask(__name__)
app.secret_key = os.environ["SECRET_KEY"]

url = os.environ["REDIS_URL"]
if url.startswith("rediss:"):
    # Heroku's certificate is self-signed: the connection is encrypted, but not verified.
    url += "?ssl_cert_reqs=none"
# end: start


@app.get("/")
def index():
    return "Hello"


# part: chat
# Use threads, as gunicorn.conf.py does. The message queue carries messages to other dynos.
socketio = SocketIO(app, async_mode="threading", message_queue=url)


@socketio.on("say")
def say(text):
    emit("said", text, broadcast=True)


# end: chat

# part: stream
store = redis.from_url(url)


@app.get("/news")
def news():
    def stream():
        yield ": connected\n\n"
        while True:
            message = channel.get_message(timeout=25)
            # A line that begins with a colon is a comment: the browser ignores it.
            text = f"data: {message['data'].decode()}" if message else ": ping"
            yield f"{text}\n\n"

    channel = store.pubsub(ignore_subscribe_messages=True)
    channel.subscribe("news")
    answer = Response(stream(), mimetype="text/event-stream")
    answer.call_on_close(channel.close)
    return answer


# end: stream
