from flask import Flask, request
from oauthlib.oauth2 import WebApplicationClient

app = Flask(__name__)
client = WebApplicationClient("my-id")


@app.get("/")
def index():
    return "Hello"


@app.get("/login/callback")
def callback():
    return client.parse_request_uri_response(request.url)["code"]
