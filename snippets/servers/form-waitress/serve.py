import logging
import os
import signal
import sys

from app import app
from waitress import serve

logging.basicConfig(level=logging.INFO)
# Turn SIGTERM into an ordinary exit: then Waitress finishes its requests.
signal.signal(signal.SIGTERM, lambda *_: sys.exit())
serve(app, port=os.environ["PORT"])
