heroku run flask shell
