git add --all
git commit --message "Describe what changed"
git push heroku main
