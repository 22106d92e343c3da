DEBUG = True
DATABASE = "sqlite:///app.db"
