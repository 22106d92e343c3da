flask db init
flask db migrate --message "Make the table of notes"
flask db upgrade
git add migrations
