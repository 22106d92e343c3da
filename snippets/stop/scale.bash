heroku ps:scale web=0 worker=0
