heroku run 'echo $DYNO'
