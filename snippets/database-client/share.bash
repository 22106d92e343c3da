heroku addons:attach hello-heroku::DATABASE --as NOTES --app hello-second
