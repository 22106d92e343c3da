# part: url
import os

url = os.environ["REDIS_URL"]
if url.startswith("rediss:"):
    # Heroku's certificate is self-signed: the connection is encrypted, but not verified.
    url += "?ssl_cert_reqs=none"

broker_url = result_backend = url
# end: url

# part: results
# The store is small: forget a result after an hour, not after a day.
result_expires = 3600
# end: results

# part: restore
broker_transport_options = {
    # The task of a killed worker comes back after this many seconds. No task may take longer.
    "visibility_timeout": 300,
    # With 1, look for such tasks every 10 seconds. The default, 10, looks every 100.
    "unacked_restore_throttle": 1,
}
# end: restore

# part: same
worker_concurrency = 2
worker_prefetch_multiplier = 1
task_acks_late = True
task_reject_on_worker_lost = True
worker_soft_shutdown_timeout = 20
# end: same
