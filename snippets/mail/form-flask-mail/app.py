import os

from flask import Flask, request
from flask_mail import Mail, Message

app = Flask(__name__)
app.config["MAIL_SERVER"] = os.environ["MAIL_SERVER"]
app.config["MAIL_PORT"] = int(os.environ["MAIL_PORT"])
app.config["MAIL_USE_TLS"] = True
app.config["MAIL_USERNAME"] = os.environ["MAIL_USERNAME"]
app.config["MAIL_PASSWORD"] = os.environ["MAIL_PASSWORD"]
app.config["MAIL_DEFAULT_SENDER"] = os.environ["MAIL_SENDER"]
mail = Mail(app)


@app.get("/")
def index():
    return "Hello"


@app.post("/contact")
def contact():
    to = os.environ["MAIL_SENDER"]
    mail.send(Message("A message from the site", recipients=[to], body=request.form["text"]))
    return "Thank you"
