SQLALCHEMY_DATABASE_URI = "sqlite:///notes.db"
