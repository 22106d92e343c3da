# One worker: all requests of a visitor must reach the same process.
workers = 1
# Each open WebSocket or stream keeps a thread busy: at most this many visitors at a time.
threads = 100
# Open streams never end by themselves: wait less than the 30 s after which Heroku kills the dyno.
graceful_timeout = 20
# The router reuses connections for 90 s. If Gunicorn closes one earlier, a request is lost.
keepalive = 95
