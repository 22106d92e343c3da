git check-ignore --verbose requirements.txt
