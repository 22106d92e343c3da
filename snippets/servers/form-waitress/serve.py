import logging
import os
import signal
import sys

from app import app
from waitress import serve

logging.basicConfig(level=logging.INFO)
# As an ordinary exit, SIGTERM lets Waitress finish its requests.
signal.signal(signal.SIGTERM, lambda *_: sys.exit())
serve(app, port=os.environ["PORT"])
