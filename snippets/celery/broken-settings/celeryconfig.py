import os

broker_url = os.environ["CLOUDAMQP_URL"]
CELERY_ACKS_LATE = True
