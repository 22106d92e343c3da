git subtree push --prefix backend heroku main
