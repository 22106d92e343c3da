heroku pg:credentials:url
