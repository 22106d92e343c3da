git remote add origin https://github.com/YOU/REPOSITORY.git
git push --set-upstream origin main
