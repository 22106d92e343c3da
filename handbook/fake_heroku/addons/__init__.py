"""What stands behind Heroku's add-ons: each module has a class Service, a real server on this machine."""

# Heroku's add-on, and its module. Any other one, such as Heroku Scheduler, is in the list of the app, and does nothing.
SERVERS = {"heroku-postgresql": "postgres", "cloudamqp": "rabbitmq", "heroku-redis": "redis", "jawsdb": "mariadb"}
