# part: url
import os


def database_url():
    url = os.environ.get("JAWSDB_URL")
    if not url:
        raise RuntimeError("JAWSDB_URL is not set: create a database first")
    # Write the driver into the address, and take out ClearDB's parameters: the driver refuses them.
    return url.partition("?")[0].replace("mysql://", "mysql+pymysql://")


SQLALCHEMY_DATABASE_URI = database_url()
# end: url

# part: pool
SQLALCHEMY_ENGINE_OPTIONS = {
    # Before each use, SQLAlchemy checks that the connection is alive; if not, it opens another.
    "pool_pre_ping": True,
    # After this many seconds, SQLAlchemy opens another connection, before the server closes this one.
    "pool_recycle": 50,
    # Wait at most this many seconds for the server, so that the visitor gets an answer.
    "connect_args": {"connect_timeout": 5, "read_timeout": 10},
}
# end: pool
