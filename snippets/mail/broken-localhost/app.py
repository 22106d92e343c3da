from flask import Flask, request
from flask_mail import Mail, Message

app = Flask(__name__)
app.config["MAIL_DEFAULT_SENDER"] = "you@example.com"
mail = Mail(app)


@app.get("/")
def index():
    return "Hello"


@app.post("/contact")
def contact():
    mail.send(Message("A message", recipients=["you@example.com"], body=request.form["text"]))
    return "Thank you"
