uv init --bare
uv add --requirements requirements.txt
rm requirements.txt
