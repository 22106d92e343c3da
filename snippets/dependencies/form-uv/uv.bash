uv init --bare
uv add --requirements requirements.txt
uv add --dev pytest
rm requirements.txt
