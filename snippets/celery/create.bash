heroku addons:create cloudamqp:PLAN
