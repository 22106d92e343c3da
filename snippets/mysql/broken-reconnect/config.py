import os

url = os.environ["CLEARDB_DATABASE_URL"]
SQLALCHEMY_DATABASE_URI = url.replace("mysql://", "mysql+pymysql://")
