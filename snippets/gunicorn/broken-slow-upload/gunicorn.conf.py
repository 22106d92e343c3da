worker_class = "sync"
timeout = 3
