python3 -m venv .venv
.venv/bin/pip install Flask==3.1.3
.venv/bin/flask run
