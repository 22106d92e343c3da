# part: beat
import os

from celery.schedules import crontab

broker_url = os.environ["CLOUDAMQP_URL"]
beat_schedule = {
    "every night": {
        "task": "tasks.send_report",
        "schedule": crontab(hour=3, minute=30),
    },
}
# end: beat
broker_pool_limit = 1
worker_concurrency = 2
task_acks_late = True
task_reject_on_worker_lost = True
worker_soft_shutdown_timeout = 20
worker_prefetch_multiplier = 1
