from app import app

# The new version must answer with its home page, before any visitor comes.
answer = app.test_client().get("/")
if answer.status_code != 200:
    raise SystemExit(f"The first page answers {answer.status}.")
