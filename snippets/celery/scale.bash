heroku ps:scale worker=1
