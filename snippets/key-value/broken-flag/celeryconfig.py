import os

url = os.environ["REDIS_URL"] + "?ssl_cert_reqs=None"
broker_url = result_backend = url
