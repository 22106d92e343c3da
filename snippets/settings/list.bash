heroku config
