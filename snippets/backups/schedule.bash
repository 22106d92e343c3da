heroku pg:backups:schedule DATABASE_URL --at '02:00 Europe/Madrid'
