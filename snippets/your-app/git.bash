git init --initial-branch=main
git add --all
git commit --message "Prepare the app for Heroku"
git branch --move main
