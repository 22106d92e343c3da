heroku pg:psql --command "\copy note (text) FROM 'notes.csv' WITH (FORMAT csv, HEADER)"
