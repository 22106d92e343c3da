import shutil

from flask import Flask
from playwright.sync_api import sync_playwright

app = Flask(__name__)


@app.get("/")
def index():
    return "Hello"


@app.get("/title")
def title():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chrome"))
        page = browser.new_page()
        page.goto("https://www.example.com/")
        return page.title()
