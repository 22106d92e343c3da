from app import Note, app, db

# Outside a request, say which app is meant.
with app.app_context():
    db.session.add(Note(text="The first note"))
    db.session.commit()
