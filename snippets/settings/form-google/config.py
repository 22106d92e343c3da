import json
import os

SECRET_KEY = os.environ["SECRET_KEY"]
# What json.load() would make of the file.
GOOGLE_KEY = json.loads(os.environ["GOOGLE_KEY"])
