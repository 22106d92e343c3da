import os

url = os.environ["REDIS_URL"]
broker_url = result_backend = url
