from app import app, write_report
from apscheduler.schedulers.blocking import BlockingScheduler

scheduler = BlockingScheduler(timezone="UTC")


@scheduler.scheduled_job("cron", hour=3, minute=30)
def every_night():
    # Outside a request no app is active: say which one you mean.
    with app.app_context():
        write_report()


print("The clock runs")
scheduler.start()
