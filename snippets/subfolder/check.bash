heroku open
