git log --oneline --max-count 1
heroku releases
