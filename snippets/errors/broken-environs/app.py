from environs import Env
from flask import Flask

env = Env()
env.read_env()

app = Flask(__name__)
app.config["API_KEY"] = env.str("API_KEY")


@app.get("/")
def index():
    return "Hello"
