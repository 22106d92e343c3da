heroku config:set GOOGLE_KEY="$(cat key.json)"
