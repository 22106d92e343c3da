heroku apps:stacks:set container
