pipenv lock && rm requirements.txt
