from flask import Flask
from selenium import webdriver

app = Flask(__name__)


@app.get("/")
def index():
    return "Hello"


@app.get("/title")
def title():
    options = webdriver.ChromeOptions()
    options.add_argument("--headless")
    options.add_argument("--no-sandbox")
    with webdriver.Chrome(options=options) as browser:
        browser.get("https://www.example.com/")
        return browser.title
