import flask_jwt
from flask import Flask

app = Flask(__name__)
jwt = flask_jwt.JWT(app)
