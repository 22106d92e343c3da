heroku addons
