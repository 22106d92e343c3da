# One worker: all requests of a visitor must reach the same process.
workers = 1
# Each open WebSocket or stream keeps a thread: so many visitors at a time.
threads = 100
# They never end by themselves. Heroku kills the dyno 30 s after SIGTERM.
graceful_timeout = 20
# The router reuses connections for 90 s. If Gunicorn closes one earlier, a request is lost.
keepalive = 95
