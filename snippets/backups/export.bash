heroku pg:psql --command "\copy note TO 'all-notes.csv' WITH (FORMAT csv, HEADER)"
