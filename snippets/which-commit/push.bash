git push heroku HEAD:main
