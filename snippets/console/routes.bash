heroku run --exit-code -- flask routes --all-methods
