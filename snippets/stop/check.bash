heroku apps
