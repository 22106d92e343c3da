heroku addons:plans cloudamqp
