"""What stands behind Heroku's add-ons: each module has a class Service, a real server on this machine."""
