# part: results
import celeryconfig
import redis
from flask import Flask, request
from tasks import celery, count_words

app = Flask(__name__)


@app.get("/")
def index():
    return "Hello"


@app.post("/texts")
def text():
    task = count_words.delay(request.form["text"])
    return {"id": task.id}, 202


@app.get("/results/<task_id>")
def result(task_id):
    task = celery.AsyncResult(task_id)
    words = task.result if task.successful() else None
    return {"state": task.state, "words": words}


# end: results

# part: store
store = redis.from_url(celeryconfig.url)


@app.get("/visits")
def visits():
    return {"visits": store.incr("visits")}


# end: store
