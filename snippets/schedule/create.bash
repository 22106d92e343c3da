heroku addons:create scheduler:standard
