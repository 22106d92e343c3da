python3 -m venv .venv
.venv/bin/pip install -r requirements.txt
PORT=8080 .venv/bin/gunicorn app:app
