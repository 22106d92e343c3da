heroku pg:pull DATABASE_URL hello_copy
