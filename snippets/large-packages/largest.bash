du -sh .venv/lib/python*/site-packages/* | sort -h | tail
