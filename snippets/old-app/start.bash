mkdir old-app
cd old-app
git init --initial-branch=main
heroku create
heroku addons:create heroku-postgresql:essential-0 --wait
