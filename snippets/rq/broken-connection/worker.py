from queue_settings import REDIS_URL
from redis import Redis
from rq import Connection, Queue, Worker

with Connection(Redis.from_url(REDIS_URL)):
    Worker([Queue("default")]).work()
