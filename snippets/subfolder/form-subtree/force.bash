git push heroku "$(git subtree split --prefix backend):refs/heads/main" --force
