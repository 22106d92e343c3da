heroku login
heroku create
heroku config:set SECRET_KEY="$(python3 -c 'import secrets; print(secrets.token_hex())')"
git push heroku main
