heroku pg:backups:schedules
heroku pg:psql --command "SELECT count(*) FROM note"
