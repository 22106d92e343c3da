heroku run flask create-tables
