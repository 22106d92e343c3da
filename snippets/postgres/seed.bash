heroku run python seed.py
