# part: proxy
import os

from flask import Flask, redirect, request, session, url_for
from werkzeug.middleware.proxy_fix import ProxyFix

app = Flask(__name__)
app.secret_key = os.environ["SECRET_KEY"]

# One proxy stands before the app. It appends the visitor's address, and says whether the visitor used https.
app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1)
# end: proxy

# part: cookies
# The session's cookie goes over HTTPS only, and not with forms of other sites.
app.config["SESSION_COOKIE_SECURE"] = "DYNO" in os.environ
app.config["SESSION_COOKIE_SAMESITE"] = "Lax"
# end: cookies


# part: redirect
@app.before_request
def to_https():
    # On your machine there is no HTTPS, and the variable DYNO is not set.
    if "DYNO" in os.environ and not request.is_secure:
        return redirect(request.url.replace("http:", "https:", 1), code=308)


# end: redirect


# part: promise
@app.after_request
def promise_https(response):
    response.headers["Strict-Transport-Security"] = "max-age=3600"
    return response


# end: promise


@app.get("/")
def index():
    session["seen"] = True
    return "Hello"


@app.get("/me")
def me():
    return {"address": request.remote_addr, "link": url_for("me", _external=True)}
