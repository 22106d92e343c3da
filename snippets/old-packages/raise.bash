test -e requirements.txt.old || cp requirements.txt requirements.txt.old
sed -E 's/ *(@ file:|[=<>~!]=|[<>]).*//' requirements.txt > requirements.txt.names
python3 -m venv --clear .venv
.venv/bin/pip install -r requirements.txt.names && .venv/bin/pip freeze > requirements.txt
rm requirements.txt.names
