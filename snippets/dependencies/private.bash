heroku config:set GITHUB_AUTH_TOKEN=TOKEN
heroku buildpacks:clear
heroku buildpacks:add https://github.com/heroku/heroku-buildpack-github-netrc.git
heroku buildpacks:add heroku/python
