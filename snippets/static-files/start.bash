PORT=5006 .venv/bin/gunicorn app:app
