heroku local
