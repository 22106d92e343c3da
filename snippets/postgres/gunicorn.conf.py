# As many threads as connections in the pool: pool_size in config.py.
threads = 5
preload_app = True
