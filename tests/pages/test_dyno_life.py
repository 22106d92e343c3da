"""docs/explanation/dyno-life.md: what it says of the end of a dyno, seen here; the guides it links to see the rest."""

import requests

from handbook.fake_heroku import dyno as contract
from handbook.fake_heroku.router import Router

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
        web.router.first_byte = 1
        assert web.boot() == "up", web.log
        assert web.get("/slow/3.0").status_code == 503
        assert 'code=H12 desc="Request timeout"' in web.router.log[-1]
        assert '"GET /slow/3.0' not in web.log
        assert web.wait_for_log('"GET /slow/3.0 HTTP/1.1" 200'), web.log


def test_the_times_are_those_that_every_other_test_waits_for(facts):
    seconds = {name: int(facts[name]["value"].split()[0]) for name in ("boot_timeout", "shutdown_grace")}
    assert seconds == {"boot_timeout": contract.BOOT_SECONDS, "shutdown_grace": contract.EXIT_SECONDS}
    with Router() as router:
        assert router.first_byte == int(facts["request_timeout"]["value"].split()[0])
