python3 -c 'import json; print("\nGOOGLE_KEY=" + json.dumps(json.load(open("key.json"))))' >> .env
