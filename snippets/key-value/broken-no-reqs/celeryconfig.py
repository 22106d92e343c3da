import os

url = os.environ["REDIS_URL"]
broker_url = url
result_backend = url
