heroku logs --num 1500
