heroku addons:create jawsdb:PLAN
