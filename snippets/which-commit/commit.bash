git add --all
git commit --message "All that I changed"
