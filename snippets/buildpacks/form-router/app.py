from flask import Flask, request

# Serve what npm has built: the address /assets/main.js is the file frontend/dist/assets/main.js.
app = Flask(__name__, static_folder="frontend/dist", static_url_path="/")


@app.get("/")
def index():
    return app.send_static_file("index.html")


@app.errorhandler(404)
def page_of_front_end(error):
    if request.path.startswith("/api/"):
        return error
    return index()


@app.get("/api/greeting")
def greeting():
    return {"greeting": "Hello"}
