iconv -f UTF-16 -t UTF-8 requirements.txt > names.txt && mv names.txt requirements.txt
