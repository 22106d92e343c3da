heroku run flask greet
