heroku ps:scale clock=1
