# part: threads
# While one request waits for a database or another site, the others go on.
worker_class = "gthread"
threads = 5
# end: threads

# part: timeouts
# A worker that no longer gives a sign of life is replaced.
timeout = 20
# On SIGTERM, requests under way may take this long. Heroku kills the dyno at 30 s.
graceful_timeout = 20
# end: timeouts

# part: keepalive
# The router reuses connections for 90 s. If Gunicorn closes one earlier, a request is lost.
keepalive = 95
# end: keepalive

# part: preload
# Load the app once, then fork: this takes less memory, and a failing import stops the boot.
preload_app = True
# end: preload

# part: log
# Write one line to the log for each request. Heroku switches this on by itself; your laptop does not.
accesslog = "-"
# end: log
