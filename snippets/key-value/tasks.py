import time

import celeryconfig
from celery import Celery
from celery.utils.log import get_task_logger

celery = Celery("tasks")
celery.config_from_object(celeryconfig)
log = get_task_logger(__name__)


@celery.task
def count_words(text):
    log.info("Counting: %s", text)
    time.sleep(5)  # in place of slow work
    return len(text.split())
