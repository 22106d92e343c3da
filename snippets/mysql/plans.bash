heroku addons:plans jawsdb
