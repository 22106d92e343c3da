python3 -c 'import json; print("GOOGLE_KEY=" + json.dumps(json.load(open("key.json"))))' >> .env
