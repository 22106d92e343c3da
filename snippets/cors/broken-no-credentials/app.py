from flask import Flask
from flask_cors import CORS

app = Flask(__name__)
CORS(app)


@app.get("/")
def index():
    return "Hello"


@app.post("/api/visits")
def visits():
    return {"visits": 1}
