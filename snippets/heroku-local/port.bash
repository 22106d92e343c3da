heroku local web --port 8000
