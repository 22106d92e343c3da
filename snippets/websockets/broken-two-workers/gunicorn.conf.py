workers = 2
threads = 100
