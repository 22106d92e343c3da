createdb notes
export DATABASE_URL=postgres://localhost/notes
