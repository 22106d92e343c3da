if LC_ALL=C grep --quiet $'^\xff\xfe' requirements.txt; then
    iconv -f UTF-16 -t UTF-8 requirements.txt > requirements.txt.names && mv requirements.txt.names requirements.txt
fi
