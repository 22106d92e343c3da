import os

REDIS_URL = os.environ["REDIS_URL"]
if REDIS_URL.startswith("rediss:"):
    # Heroku's certificate is self-signed: the connection is encrypted, but not verified.
    REDIS_URL += "?ssl_cert_reqs=none"
