python3 -m venv .venv
.venv/bin/pip install Flask gunicorn && .venv/bin/pip freeze > requirements.txt
