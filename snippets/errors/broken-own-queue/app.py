import queue

from flask import Flask

app = Flask(__name__)
jobs = queue.Queue()
