from flask import Flask
from werkzeug import secure_filename

app = Flask(__name__)
name = secure_filename("my photo.jpg")
