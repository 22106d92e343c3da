sed -i.old -E 's/ *(@ file:|[=<>~!]=|[<>]).*//' requirements.txt
python3 -m venv --clear .venv
.venv/bin/pip install -r requirements.txt
.venv/bin/pip freeze > requirements.txt
