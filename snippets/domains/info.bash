heroku apps:info
