heroku logs --tail --app hello-heroku
