heroku run flask report
