# part: enqueue
from flask import Flask, abort
from jobs import send_receipt
from queue_settings import REDIS_URL
from redis import Redis
from rq import Queue, Retry

app = Flask(__name__)
queue = Queue(connection=Redis.from_url(REDIS_URL))


@app.get("/")
def index():
    return "Hello"


@app.post("/orders/<int:number>")
def order(number):
    job = queue.enqueue(send_receipt, number, retry=Retry(max=3))
    return {"id": job.id}, 202


# end: enqueue


# part: result
@app.get("/jobs/<job_id>")
def result(job_id):
    job = queue.fetch_job(job_id) or abort(404)
    return {"finished": job.is_finished, "receipt": job.return_value()}


# end: result
