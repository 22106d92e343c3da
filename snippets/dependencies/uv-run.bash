uv run flask run
