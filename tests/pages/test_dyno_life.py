"""docs/explanation/dyno-life.md: its claims about the end of a dyno; the linked guides' tests prove the others."""

import requests

UPLOADS = """

@app.post("/upload")
def upload():
    with open("upload.txt", "w") as file:
        file.write("a picture")
    return "Saved"


@app.get("/upload")
def uploaded():
    with open("upload.txt") as file:
        return file.read()
"""


def test_an_upload_is_gone_with_the_dyno(dyno):
    answers = []
    for _life in range(2):
        web = dyno("gunicorn")
        with (web.app / "app.py").open("a") as source:
            source.write(UPLOADS)
        with web:
            assert web.boot() == "up", web.log
            if not answers:
                requests.post(f"{web.router.url}/upload", timeout=60)
            answers.append(web.get("/upload").status_code)
            assert web.stop() == "gone", web.log
    assert answers == [200, 500]


def test_an_app_is_not_told_of_h12_and_goes_on_working(dyno):
    with dyno("gunicorn", slow=True) as web:
        web.router.response_timeout = 1
        assert web.boot() == "up", web.log
        assert web.get("/slow/300.0").status_code == 503
        assert 'code=H12 desc="Request timeout"' in web.router.log[-1]
        assert web.wait_for_requests(1), web.request_events()
        assert '"GET /slow/300.0' not in web.log
        web.finish_requests()
        assert web.wait_for_log('"GET /slow/300.0 HTTP/1.1" 200'), web.log
