heroku pipelines:promote --app hello-heroku-staging
