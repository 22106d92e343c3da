heroku pg:psql --command 'SELECT count(*) FROM note'
