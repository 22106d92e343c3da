poetry lock && rm requirements.txt
