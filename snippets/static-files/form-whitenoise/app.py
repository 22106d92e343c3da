from flask import Flask, render_template
from whitenoise import WhiteNoise

app = Flask(__name__)
app.wsgi_app = WhiteNoise(app.wsgi_app, root=app.static_folder, prefix="static", max_age=3600)


@app.get("/")
def index():
    return render_template("index.html")
