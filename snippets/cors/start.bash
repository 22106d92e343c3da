ALLOWED_ORIGINS=https://www.example.com PORT=5006 .venv/bin/gunicorn app:app
