from flask import Flask

# What npm has built; /assets/main.js is frontend/dist/assets/main.js.
app = Flask(__name__, static_folder="frontend/dist", static_url_path="/")


@app.get("/")
def index():
    return app.send_static_file("index.html")


@app.get("/api/greeting")
def greeting():
    return {"greeting": "Hello"}
