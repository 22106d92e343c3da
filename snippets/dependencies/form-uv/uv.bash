uv init --bare
uv add --dev pytest
uv add --requirements requirements.txt && rm requirements.txt
