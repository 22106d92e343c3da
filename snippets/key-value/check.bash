curl --form text="To be or not to be" http://localhost:5006/texts
