git rm runtime.txt
echo 3.14 > .python-version
git add .python-version
git commit --message "Choose the Python version in .python-version"
git push heroku main
