heroku config:set GUNICORN_CMD_ARGS="--access-logfile - --timeout 60"
