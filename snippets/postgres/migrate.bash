.venv/bin/flask db init
.venv/bin/flask db migrate --message "Make the table of notes"
.venv/bin/flask db upgrade
git add migrations
