if LC_ALL=C grep --quiet $'^\xff\xfe' requirements.txt; then
    iconv -f UTF-16 -t UTF-8 requirements.txt > names.txt && mv names.txt requirements.txt
fi
