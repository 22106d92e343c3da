DATABASE_URL=$(heroku config:get DATABASE_URL) .venv/bin/python copy_rows.py instance/notes.db
