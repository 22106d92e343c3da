SQLALCHEMY_DATABASE_URI = "mysql+pymysql://root@localhost/notes"
