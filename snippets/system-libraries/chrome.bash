heroku buildpacks:add --index 1 heroku-community/chrome-for-testing
