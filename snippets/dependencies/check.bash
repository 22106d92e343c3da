python3 -m venv .venv-check
.venv-check/bin/pip install --quiet -r requirements.txt
.venv-check/bin/python -c "import app"
rm -r .venv-check
