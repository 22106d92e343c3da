import os

import click
import mailer
from flask import Flask, request

app = Flask(__name__)


@app.get("/")
def index():
    return "Hello"


# part: view
@app.post("/contact")
def contact():
    mailer.send(os.environ["MAIL_SENDER"], "A message from the site", request.form["text"])
    return "Thank you"


# end: view


# part: command
@app.cli.command("send-test")
@click.argument("address")
def send_test(address):
    mailer.send(address, "A test", "It works.")
    print("The provider has taken it.")


# end: command
