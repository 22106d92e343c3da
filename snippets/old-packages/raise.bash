test -e requirements.txt.old || cp requirements.txt requirements.txt.old
sed -E 's/ *(@ file:|[=<>~!]=|[<>]).*//' requirements.txt > names.txt
python3 -m venv --clear .venv
.venv/bin/pip install -r names.txt && .venv/bin/pip freeze > requirements.txt
rm names.txt
