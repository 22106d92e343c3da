from flask import Flask
from flask_wtf import FlaskForm
from wtforms import EmailField
from wtforms.validators import Email

app = Flask(__name__)
app.config["WTF_CSRF_ENABLED"] = False


class Newsletter(FlaskForm):
    email = EmailField(validators=[Email()])


@app.get("/")
def index():
    return str(Newsletter(data={"email": "you@example.com"}).validate())
