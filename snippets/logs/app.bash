heroku logs --tail --source app
