heroku rollback
