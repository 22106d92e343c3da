from app import Note, db

db.session.add(Note(text="The first note"))
db.session.commit()
