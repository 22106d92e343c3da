python3 -m venv fresh
fresh/bin/pip install --quiet -r requirements.txt
fresh/bin/python -c "import app"
rm -r fresh
