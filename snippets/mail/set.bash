heroku config:set MAIL_SERVER=smtp.example.com MAIL_PORT=587
heroku config:set MAIL_USERNAME=YOUR_LOGIN MAIL_PASSWORD=YOUR_KEY
heroku config:set MAIL_SENDER=you@example.com
