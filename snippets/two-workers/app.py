# part: start
import os
import uuid

import redis
from flask import Flask, request, session
from flask_caching import Cache
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_session import Session
from flask_wtf.csrf import CSRFProtect, generate_csrf
from werkzeug.middleware.proxy_fix import ProxyFix

app = Flask(__name__)
# All workers sign and check with the same key.
app.secret_key = os.environ["SECRET_KEY"]
CSRFProtect(app)

url = os.environ["REDIS_URL"]
if url.startswith("rediss:"):
    # Heroku's certificate is self-signed: the connection is encrypted, but not verified.
    url += "?ssl_cert_reqs=none"
store = redis.from_url(url)
# end: start


@app.get("/")
def index():
    return "Hello"


# part: counter
@app.get("/visits")
def visits():
    return {"visits": store.incr("visits")}


# end: counter

# part: sessions
app.config["SESSION_TYPE"] = "redis"
app.config["SESSION_REDIS"] = store
Session(app)
# end: sessions


@app.get("/login")
def form():
    return {"csrf_token": generate_csrf()}


@app.post("/login")
def login():
    session["name"] = request.form["name"]
    return {"name": session["name"]}


@app.get("/me")
def me():
    return {"name": session.get("name")}


# part: limits
# Without this, all visitors have the router's address, and share one limit.
app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1)
limiter = Limiter(get_remote_address, app=app, storage_uri=url, headers_enabled=True)


@app.get("/limited")
@limiter.limit("5 per day")
def limited():
    return "One of five"


# end: limits

# part: cache
cache = Cache(app, config={"CACHE_TYPE": "RedisCache", "CACHE_REDIS_URL": url})


@app.get("/report")
@cache.cached(timeout=60)
def report():
    return f"Report {uuid.uuid4()}"


# end: cache
