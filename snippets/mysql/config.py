# part: url
import os


def database_url():
    url = os.environ.get("JAWSDB_URL")
    if not url:
        raise RuntimeError("JAWSDB_URL is not set: create a database first")
    # Name the driver for SQLAlchemy, and drop the parameters of ClearDB: the driver refuses them.
    return url.partition("?")[0].replace("mysql://", "mysql+pymysql://")


SQLALCHEMY_DATABASE_URI = database_url()
# end: url

# part: pool
SQLALCHEMY_ENGINE_OPTIONS = {
    # Before each use, ask whether the connection is alive; if not, open another.
    "pool_pre_ping": True,
    # Open another after so many seconds, before the server closes this one.
    "pool_recycle": 50,
    # How many seconds to wait for the server, so that a visitor gets an answer.
    "connect_args": {"connect_timeout": 5, "read_timeout": 10},
}
# end: pool
