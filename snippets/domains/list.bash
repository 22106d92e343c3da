heroku domains
