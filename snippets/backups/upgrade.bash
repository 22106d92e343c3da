heroku maintenance:on
heroku pg:backups:capture
heroku pg:upgrade:run DATABASE_URL
heroku pg:upgrade:wait DATABASE_URL
heroku maintenance:off
