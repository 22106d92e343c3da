# part: url
import os


def database_url():
    url = os.environ.get("DATABASE_URL")
    if not url:
        raise RuntimeError("DATABASE_URL is not set: create a database first")
    # Heroku writes postgres://. SQLAlchemy needs the names of the dialect and of the driver.
    return url.replace("postgres://", "postgresql+psycopg://")


SQLALCHEMY_DATABASE_URI = database_url()
# end: url

# part: pool
SQLALCHEMY_ENGINE_OPTIONS = {
    # Keep one connection for each thread of Gunicorn, and open no more.
    "pool_size": 5,
    "max_overflow": 0,
    # Before each use, SQLAlchemy checks that the connection is alive; if not, it opens another.
    "pool_pre_ping": True,
}
# end: pool
