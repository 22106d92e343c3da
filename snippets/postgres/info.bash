heroku pg:info
