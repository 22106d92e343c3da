heroku addons:destroy heroku-postgresql
