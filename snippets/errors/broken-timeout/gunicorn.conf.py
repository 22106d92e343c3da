timeout = 1
