# part: job
import os

from flask import Flask, current_app

app = Flask(__name__)
app.config["SHOP"] = os.environ.get("SHOP", "the shop")


def write_report():
    print(f"Report of {current_app.config['SHOP']}")


@app.cli.command("report")
def report():
    write_report()


# end: job


@app.get("/")
def index():
    return "Hello"
