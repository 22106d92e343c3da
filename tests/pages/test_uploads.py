"""docs/guides/uploads.md: every claim the page makes, proved with an imitation of Amazon S3."""

import base64
import json
import re
import socket
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
import requests
from flask import Flask, request

from handbook.fake_heroku.addons.s3 import make_client
from handbook.fake_heroku.process import DEFAULT_TIMEOUT, eventually, has_lines
from handbook.paths import SNIPPETS
from tests.conftest import replace_in_file

PHOTO = b"a photo"


@pytest.fixture
def app(dyno):
    """Return app(): a dyno of the page's app, whose database has the table."""
    with dyno("uploads", process="release") as release:
        assert release.wait() == 0, release.log
    return lambda: dyno("uploads")


@pytest.fixture
def bucket(addon):
    """Return bucket(): {key: bytes} of all objects in this test's bucket."""
    config = addon("s3")
    s3, name = make_client(config), config["S3_BUCKET"]

    def content() -> dict[str, bytes]:
        found = s3.list_objects_v2(Bucket=name).get("Contents", [])
        return {one["Key"]: s3.get_object(Bucket=name, Key=one["Key"])["Body"].read() for one in found}

    return content


@pytest.fixture
def rows(addon):
    """Return rows(): the (key, name) of each upload in this test's database."""

    def read() -> list[tuple[str, str]]:
        with psycopg.connect(addon("postgres")["DATABASE_URL"]) as connection:
            return connection.execute("SELECT key, name FROM upload ORDER BY id").fetchall()

    return read


def send(web, name: str = "photo.jpg", content: bytes = PHOTO) -> requests.Response:
    """Upload a file through the app, as a form does; do not follow the redirect, whose address begins with https."""
    address = f"{web.router.url}/uploads"
    return requests.post(address, files={"file": (name, content)}, timeout=DEFAULT_TIMEOUT, allow_redirects=False)


def open_upload(web, path: str) -> requests.Response:
    """Return the store's response to a visitor who opens an upload."""
    answer = web.get(path, allow_redirects=False)
    assert answer.status_code == 302, answer.text
    return requests.get(answer.headers["Location"], timeout=DEFAULT_TIMEOUT)


def test_a_file_in_the_bucket_outlives_the_dyno(app):
    with app() as web, app() as other:
        assert (web.boot(), other.boot()) == ("up", "up")
        path = send(web).headers["Location"]
        assert [open_upload(dyno, path).content for dyno in (web, other)] == [PHOTO, PHOTO]
    with app().running() as again:
        assert open_upload(again, path).content == PHOTO


def test_a_file_on_the_disk_is_gone_with_the_dyno(dyno, expected_lines):
    with dyno("uploads/broken-disk").running() as web:
        assert send(web).text == "photo.jpg"
        assert web.get("/uploads/photo.jpg").content == PHOTO
    with dyno("uploads/broken-disk").running() as again:
        assert has_lines(again.get("/uploads/photo.jpg").text, expected_lines("uploads/broken-disk"))


def test_only_the_key_and_a_harmless_name_stand_in_the_database(app, bucket, rows):
    names = ["photo.jpg", "photo.jpg", "../../app.py", ".."]
    with app().running() as web:
        for number, name in enumerate(names):
            assert send(web, name, b"%d" % number).status_code == 303
    assert [name for _key, name in rows()] == ["photo.jpg", "photo.jpg", "app.py", "file"]
    keys = [key for key, _name in rows()]
    assert all(re.fullmatch(r"uploads/[0-9a-f-]{36}", key) for key in keys)
    assert [bucket()[key] for key in keys] == [b"0", b"1", b"2", b"3"]


def test_no_checksum_goes_with_the_file_that_another_store_might_refuse(app, addon, rows):
    config = addon("s3")
    with app().running() as web:
        send(web)
    ((key, _name),) = rows()
    assert "ChecksumCRC32" not in make_client(config).head_object(
        Bucket=config["S3_BUCKET"], Key=key, ChecksumMode="ENABLED"
    )


def test_a_file_is_shown_for_a_minute_by_a_signed_address_and_not_without_the_signature(app):
    with app().running() as web:
        path = send(web).headers["Location"]
        signed = web.get(path, allow_redirects=False).headers["Location"]
    assert parse_qs(urlsplit(signed).query)["X-Amz-Expires"] == ["60"]
    answer = requests.get(signed, timeout=DEFAULT_TIMEOUT)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="photo.jpg"'
    assert requests.get(signed.partition("?")[0], timeout=DEFAULT_TIMEOUT).status_code == 403


def test_more_than_the_limit_is_answered_with_413_and_goes_nowhere(app, bucket, rows):
    """The test lowers the limit, so that one small request exceeds it."""
    web, limit = app(), "5 * 1024 * 1024"
    replace_in_file(web.app / "app.py", limit, "5000")
    with web.running():
        answer = send(web, content=bytes(5000))  # the form around the file makes it too much
        assert answer.status_code == 413
        assert "Request Entity Too Large" in answer.text
        assert (bucket(), rows()) == ({}, [])
        assert send(web, content=bytes(4000)).status_code == 303


def test_flask_answers_413_to_a_field_of_more_than_half_a_megabyte_too():
    """An entry of the errors page says this of Flask's default limit."""
    app = Flask(__name__)
    app.add_url_rule("/", view_func=lambda: request.form["text"][:1], methods=["POST"])
    answers = [
        app.test_client().post("/", data={"text": "x" * size}, content_type="multipart/form-data")
        for size in (490_000, 510_000)
    ]
    assert [answer.status_code for answer in answers] == [200, 413]


def test_who_sends_far_too_much_is_cut_off_in_the_middle(app, bucket, rows):
    with app().running() as web, socket.create_connection(("127.0.0.1", web.port), DEFAULT_TIMEOUT) as visitor:
        visitor.sendall(b"POST /uploads HTTP/1.1\r\nHost: here\r\nContent-Length: 1000000000\r\n")
        visitor.sendall(b"Content-Type: multipart/form-data; boundary=x\r\n\r\n")
        with pytest.raises(ConnectionError):
            visitor.sendall(bytes(200_000_000))
    assert (bucket(), rows()) == ({}, [])


def test_the_browser_sends_the_file_to_the_store_and_only_its_key_comes_to_the_app(
    app, bucket, rows, browser, tmp_path
):
    file = tmp_path / "photo.jpg"
    file.write_bytes(PHOTO)
    with app().running() as web, browser.new_context() as visitor:
        web.router.scheme = "http"
        page = visitor.new_page()
        page.set_default_timeout(DEFAULT_TIMEOUT * 1000)
        page.goto(f"{web.router.url}/uploads/new")
        page.locator("input[type=file]").set_input_files(file)
        with page.expect_download(timeout=DEFAULT_TIMEOUT * 1000) as download:
            page.get_by_role("button", name="Upload").click()
        assert download.value.path().read_bytes() == PHOTO
        assert '"POST' not in web.log
    ((key, _name),) = rows()
    assert bucket() == {key: PHOTO}


def policy(page: str) -> dict:
    """Return the policy in the form of a page: what the store may accept from that form."""
    (encoded,) = re.findall(r'name="policy" value="([^"]+)"', page)
    return json.loads(base64.b64decode(encoded))


def test_the_form_allows_one_key_and_a_size(app):
    with app().running() as web:
        page = web.get("/uploads/new").text
    (key,) = re.findall(r'name="key" value="([^"]+)"', page)
    rules = policy(page)["conditions"]
    assert {"key": key} in rules
    assert ["content-length-range", 1, 100 * 1024 * 1024] in rules
    (back,) = [rule["success_action_redirect"] for rule in rules if "success_action_redirect" in rule]
    assert back.startswith("https://")
    assert back.endswith("/uploads/done")


def test_a_visitor_gets_no_other_file_than_the_one_of_the_form(app, rows):
    with app().running() as web:
        web.router.scheme = "http"
        send(web)
        ((other, _name),) = rows()
        visitor = requests.Session()
        visitor.get(f"{web.router.url}/uploads/new", timeout=DEFAULT_TIMEOUT)
        done = f"{web.router.url}/uploads/done?key={other}"
        assert visitor.get(done, timeout=DEFAULT_TIMEOUT).status_code == 500  # no file has come under the form's key
    assert [key for key, _name in rows()] == [other]


def test_without_the_keys_boto3_says_so(dyno, expected_lines):
    with dyno("uploads/broken-no-keys").running() as web:
        assert send(web).status_code == 500
        assert eventually(lambda: has_lines(web.log, expected_lines("uploads/broken-no-keys"))), web.log


def test_the_command_sets_each_config_var_that_the_app_needs(addon):
    words = (SNIPPETS / "uploads/config.bash").read_text("utf-8").split()
    assert {word.partition("=")[0] for word in words if "=" in word} == set(addon("s3"))
