APP_MODE=PRODUCTION .venv/bin/python -c 'from app import app; print("DEBUG is", app.debug)'
