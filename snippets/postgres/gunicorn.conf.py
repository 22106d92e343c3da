# As many as pool_size in config.py.
threads = 5
preload_app = True
