heroku logs --tail
