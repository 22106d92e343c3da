heroku logs --tail --dyno-name web.1
