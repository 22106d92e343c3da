# part: required
import os


def required(name):
    # Refuse to start and say what is missing, rather than fail at the first visitor.
    value = os.environ.get(name)
    if not value:
        raise RuntimeError(f"{name} is not set: heroku config:set {name}=...")
    return value


SECRET_KEY = required("SECRET_KEY")
# end: required

# part: optional
# Give a default only where a missing value does no harm. Every value is text: convert it.
PAGE_SIZE = int(os.environ.get("PAGE_SIZE", "20"))
SIGN_UP = os.environ.get("SIGN_UP", "off") == "on"
# end: optional
