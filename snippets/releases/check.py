from app import app

# Ask the new version for its first page, before any visitor does.
answer = app.test_client().get("/")
if answer.status_code != 200:
    raise SystemExit(f"The first page answers {answer.status}.")
