import cv2
import numpy as np
from flask import Flask, Response

app = Flask(__name__)


@app.get("/")
def index():
    return "Hello"


@app.get("/circle.png")
def circle():
    picture = np.full((100, 100), 255, np.uint8)
    cv2.circle(picture, (50, 50), 40, 0, -1)
    _done, data = cv2.imencode(".png", picture)
    return Response(data.tobytes(), mimetype="image/png")
