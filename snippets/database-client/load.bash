pg_restore --clean --if-exists --no-owner --no-acl --dbname "$(heroku config:get DATABASE_URL)" latest.dump
