import redis
from flask import Flask

app = Flask(__name__)
store = redis.Redis()


@app.get("/visits")
def visits():
    return {"visits": store.incr("visits")}
