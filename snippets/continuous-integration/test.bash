.venv/bin/pip install -r requirements-dev.txt
.venv/bin/python -m pytest
