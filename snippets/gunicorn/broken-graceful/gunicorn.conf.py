worker_class = "gthread"
threads = 5
graceful_timeout = 60
