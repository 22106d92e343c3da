import signal
from threading import Event

# Heroku sends SIGTERM, then waits 30 s: time to finish the current work and stop.
stopping = Event()
signal.signal(signal.SIGTERM, lambda *_: stopping.set())

print("Waiting for work")
stopping.wait()
print("Goodbye")
