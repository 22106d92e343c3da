import os

broker_url = os.environ.get("RABBITMQ_BIGWIG_RX_URL")
