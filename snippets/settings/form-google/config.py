import json
import os

SECRET_KEY = os.environ["SECRET_KEY"]
# The same dictionary as json.load() gives for the file key.json.
GOOGLE_KEY = json.loads(os.environ["GOOGLE_KEY"])
