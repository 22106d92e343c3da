heroku pipelines:create hello-heroku --app hello-heroku --stage production
heroku create hello-heroku-staging --remote staging
heroku pipelines:add hello-heroku --app hello-heroku-staging --stage staging
git push staging main
git config heroku.remote heroku
