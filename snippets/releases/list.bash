heroku releases
