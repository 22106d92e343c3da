import os

url = os.environ["JAWSDB_URL"]
SQLALCHEMY_DATABASE_URI = url.replace("mysql://", "mysql+pymysql://")
