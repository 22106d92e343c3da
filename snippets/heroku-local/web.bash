heroku local web
