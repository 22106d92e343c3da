heroku certs:auto:enable
