heroku login
heroku create
