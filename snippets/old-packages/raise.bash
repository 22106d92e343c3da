sed -i.old -E 's/ *(@ file:|[=<>~!]=|[<>]).*//' requirements.txt
python3 -m venv .venv
.venv/bin/pip install -r requirements.txt
.venv/bin/pip freeze > requirements.txt
