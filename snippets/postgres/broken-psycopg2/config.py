import os

url = os.environ["DATABASE_URL"]
SQLALCHEMY_DATABASE_URI = url.replace("postgres://", "postgresql+psycopg2://")
