from datetime import datetime

from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask

app = Flask(__name__)


def write_report():
    print("Report of the shop")


scheduler = BackgroundScheduler()
scheduler.add_job(write_report, "interval", hours=1, next_run_time=datetime.now())
scheduler.start()


@app.get("/")
def index():
    return "Hello"
