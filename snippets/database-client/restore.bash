heroku pg:backups:restore hello-heroku::b001 DATABASE_URL --app hello-second
