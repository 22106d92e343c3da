import time

import celeryconfig
from celery import Celery
from celery.utils.log import get_task_logger

celery = Celery("tasks")
celery.config_from_object(celeryconfig)
log = get_task_logger(__name__)


@celery.task
def send_receipt(number):
    log.info("Receipt %s: begun", number)
    time.sleep(5)
    log.info("Receipt %s: sent", number)


# part: report
@celery.task
def send_report():
    log.info("Report: sent")


# end: report
