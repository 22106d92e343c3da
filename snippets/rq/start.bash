source .venv/bin/activate
heroku local
