import os

broker_url = os.environ["CLOUDAMQP_URL"]
