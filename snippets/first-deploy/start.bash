mkdir hello-heroku
cd hello-heroku
git init --initial-branch=main
