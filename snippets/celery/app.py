from flask import Flask
from tasks import send_receipt

app = Flask(__name__)


@app.get("/")
def index():
    return "Hello"


@app.post("/orders/<int:number>")
def order(number):
    send_receipt.delay(number)
    return "Thank you", 202
