heroku open notes
