heroku apps:rename hello-flask
