heroku local web=1,worker=2
