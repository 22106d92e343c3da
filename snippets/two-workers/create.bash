heroku addons:create heroku-redis:mini --wait
