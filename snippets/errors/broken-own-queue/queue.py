waiting = []
