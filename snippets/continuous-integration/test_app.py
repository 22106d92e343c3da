from app import app

client = app.test_client()


def test_the_first_page_says_hello():
    assert client.get("/").text == "Hello"


def test_a_name_is_shown_as_text_not_as_html():
    assert client.get("/<b>Ana").text == "Hello, &lt;b&gt;Ana"
