createdb notes
export DATABASE_URL=postgres:///notes
