heroku pg:psql
