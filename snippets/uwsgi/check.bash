PORT=5006 WEB_CONCURRENCY=2 .venv/bin/uwsgi uwsgi.ini
