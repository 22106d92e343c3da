heroku ps:scale web=0
