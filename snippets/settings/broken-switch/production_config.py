import os

DEBUG = False
DATABASE = os.environ.get("DATABASE_URL")
