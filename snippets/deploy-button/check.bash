.venv/bin/pip install check-jsonschema
.venv/bin/check-jsonschema --schemafile https://raw.githubusercontent.com/heroku/heroku-mcp-server/main/src/utils/app-json.schema.json app.json
