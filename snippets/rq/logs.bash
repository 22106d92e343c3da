heroku logs --tail --process-type worker
