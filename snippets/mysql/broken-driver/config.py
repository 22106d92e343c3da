import os

SQLALCHEMY_DATABASE_URI = os.environ["JAWSDB_URL"]
