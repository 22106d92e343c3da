# part: url
import os


def database_url():
    url = os.environ.get("DATABASE_URL")
    if not url:
        raise RuntimeError("DATABASE_URL is not set: create a database first")
    # Heroku writes postgres://. SQLAlchemy asks for the dialect and the driver.
    return url.replace("postgres://", "postgresql+psycopg://")


SQLALCHEMY_DATABASE_URI = database_url()
# end: url

# part: pool
SQLALCHEMY_ENGINE_OPTIONS = {
    # One connection for each thread of Gunicorn, and none beyond.
    "pool_size": 5,
    "max_overflow": 0,
    # Before each use, ask whether the connection is alive; if not, open another.
    "pool_pre_ping": True,
}
# end: pool
