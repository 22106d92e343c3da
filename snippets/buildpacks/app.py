from flask import Flask

# Serve what npm has built: the address /assets/main.js is the file frontend/dist/assets/main.js.
app = Flask(__name__, static_folder="frontend/dist", static_url_path="/")


@app.get("/")
def index():
    return app.send_static_file("index.html")


@app.get("/api/greeting")
def greeting():
    return {"greeting": "Hello"}
