heroku apps:destroy
