"""docs/guides/system-libraries.md: every claim that can be proved without Ubuntu's packages and Heroku's Chrome."""

import ctypes
import json
import os
import re
import shlex
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from handbook.fake_heroku import several_buildpacks
from handbook.fake_heroku.buildpack import BuildFailed
from handbook.fake_heroku.dyno import Dyno, copy_app
from handbook.fake_heroku.packages import make_lock_environment
from handbook.fake_heroku.ports import free_port
from handbook.fake_heroku.process import has_lines
from handbook.paths import SNIPPETS
from handbook.reader.laptop import read_script
from tests import recognition
from tests.conftest import replace_in_file

# A stub of chromedriver: it implements the part of WebDriver that the app uses, and logs each POST to a file.
DRIVER = """import json, os, sys
from http.server import BaseHTTPRequestHandler, HTTPServer

if "--version" in sys.argv:
    sys.exit(print("ChromeDriver 156.0.0.0"))


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        asked = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        print(self.path, asked, file=open({notes!r}, "a"))
        new = {{"sessionId": "one", "capabilities": {{}}}} if self.path == "/session" else None
        self.reply(new)

    def do_GET(self):
        self.reply({{"ready": True}} if self.path == "/status" else "Example Domain")
        if self.path == "/shutdown":
            os._exit(0)

    def do_DELETE(self):
        self.reply(None)

    def reply(self, value):
        body = json.dumps({{"value": value}}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args):
        pass


port = next(word.partition("=")[2] for word in sys.argv if word.startswith("--port="))
HTTPServer(("127.0.0.1", int(port)), Handler).serve_forever()
"""
NOBODY_OUTSIDE = {"SE_OFFLINE": "true", "SE_AVOID_STATS": "true"}


def test_the_headless_opencv_draws_and_asks_for_no_library_of_a_screen(dyno):
    with dyno("system-libraries").running() as web:
        assert web.get("/circle.png").content.startswith(b"\x89PNG")
    libraries = [*web.venv.rglob("cv2/*.so"), *web.venv.rglob("opencv_python_headless.libs/*")]
    assert libraries
    assert not [path for path in libraries if b"libGL.so" in path.read_bytes()]


def test_a_library_that_is_not_there_is_named_by_the_loader():
    with pytest.raises(OSError, match="cannot open shared object file: No such file or directory") as failed:
        ctypes.CDLL("libnobody-has-this.so.1")
    assert recognition.find_first_entry(f"ImportError: {failed.value}").id == "cannot-open-shared-object-file"


# A machine without shared libraries, whatever this one has; then what finds its library with find_library.
NO_LIBRARIES = """
import ctypes, ctypes.util, cffi
def fail(*given, **named): raise OSError("cannot load library")
ctypes.util.find_library = lambda name: None
ctypes.CDLL = cffi.FFI.dlopen = fail
"""


@pytest.mark.parametrize(
    ("module", "message"),
    [("cairocffi", 'no library called "cairo-2" was found'), ("magic", "failed to find libmagic")],
)
def test_a_package_names_the_library_that_it_does_not_find(module, message, tmp_path):
    (tmp_path / "requirements.txt").write_text("cairocffi==1.7.1\npython-magic==0.4.27\n")
    python = make_lock_environment(tmp_path / "requirements.txt") / "bin/python"
    ran = subprocess.run([python, "-c", f"{NO_LIBRARIES}import {module}"], capture_output=True, text=True)
    assert message in ran.stderr
    assert recognition.find_first_entry(ran.stderr).id == "cannot-open-shared-object-file"


def test_with_apt_alone_nothing_of_the_list_is_installed(tmp_path):
    """«Without the last one, Heroku no longer builds your app as Python»"""
    app = copy_app("system-libraries", tmp_path / "app")
    lines = [shlex.split(line) for line in read_script("system-libraries/apt.bash").splitlines()]
    names = [words[-1] for words in lines if words[1] == "buildpacks:add"]
    assert several_buildpacks.build_with(app, chosen=names).package_manager == "pip"
    built = several_buildpacks.build_with(app, chosen=names[:1])
    with Dyno(app, built, tmp_path / "log.txt") as web:
        assert web.boot() == "H10"
        assert "gunicorn: command not found" in web.log


def test_without_an_aptfile_in_the_top_folder_the_build_stops(tmp_path):
    app = copy_app("system-libraries", tmp_path / "app")
    (app / "Aptfile").unlink()
    with pytest.raises(BuildFailed) as failed:
        several_buildpacks.build_with(app, chosen=["heroku-community/apt", "heroku/python"])
    assert has_lines(str(failed.value), ["App not compatible with buildpack: heroku-community/apt"])


def test_selenium_takes_the_driver_from_the_path_and_starts_chrome_with_both_options(dyno, tmp_path):
    """«Both programs are on the PATH: write neither executable_path nor binary_location»"""
    notes = tmp_path / "notes"
    for name, text in (
        ("chromedriver.py", DRIVER.format(notes=str(notes))),
        ("chromedriver", f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$0.py" "$@"\n'),
        ("chrome", "#!/bin/sh\necho 'Google Chrome for Testing 156.0.0.0'\n"),
    ):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    web = dyno("system-libraries/form-chrome", config=NOBODY_OUTSIDE)
    web.env["PATH"] = f"{tmp_path}:{web.env['PATH']}"
    with web.running():
        assert web.get("/title").text == "Example Domain", web.log
    new, *others = [line.partition(" ") for line in notes.read_text().splitlines()]
    options = json.loads(new[2])["capabilities"]["alwaysMatch"]["goog:chromeOptions"]
    assert options["args"] == ["--headless", "--no-sandbox"]
    assert [json.loads(words[2])["url"] for words in others] == ["https://www.example.com/"]


def test_without_the_buildpack_selenium_finds_no_driver(dyno):
    web = dyno("system-libraries/form-chrome", config=NOBODY_OUTSIDE)
    web.env["PATH"] = f"{web.venv}/bin:{os.path.dirname(sysconfig.get_path('scripts'))}/no-programs"
    program = "from selenium import webdriver; webdriver.Chrome()"
    ran = subprocess.run([web.venv / "bin/python", "-c", program], env=web.env, capture_output=True, text=True)
    assert "Unable to obtain driver for chrome" in ran.stderr
    assert recognition.find_first_entry(ran.stderr).id == "unable-to-obtain-driver-for-chrome"


def test_chrome_shows_a_page_where_there_is_no_screen_only_with_headless(chromium, tmp_path):
    """«Chrome starts on a dyno only with these two options»: the real Chromium, with the options of the app."""
    app = (SNIPPETS / "system-libraries/form-chrome/app.py").read_text("utf-8")
    options = re.findall(r'add_argument\("(.+)"\)', app)
    assert options == ["--headless", "--no-sandbox"]
    env = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}

    def dump_dom(*given: str) -> subprocess.CompletedProcess:
        command = [chromium, *given, "--disable-gpu", f"--user-data-dir={tmp_path}/profile", "--dump-dom"]
        page = "data:text/html,<title>Example</title>"
        return subprocess.run([*command, page], env=env, capture_output=True, text=True, timeout=120)

    assert "<title>Example</title>" in dump_dom(*options).stdout
    without = dump_dom("--no-sandbox")
    assert without.returncode
    assert "Example" not in without.stdout


@pytest.fixture
def site() -> Iterator[str]:
    """Yield the address of a page with the title "Example Domain"."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<title>Example Domain</title>")

        def log_message(self, *_args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", free_port()), Page) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def test_playwright_shows_a_page_in_the_chrome_of_the_path(dyno, chromium, site, tmp_path):
    (tmp_path / "chrome").symlink_to(chromium)
    web = dyno("system-libraries/form-playwright")
    replace_in_file(web.app / "app.py", "https://www.example.com/", site)
    web.env["PATH"] = f"{tmp_path}:{web.env['PATH']}"
    with web.running():
        assert web.get("/title").text == "Example Domain", web.log


def test_playwright_alone_has_no_browser(dyno, tmp_path):
    web = dyno("system-libraries/form-playwright", config={"PLAYWRIGHT_BROWSERS_PATH": str(tmp_path)})
    replace_in_file(web.app / "app.py", 'executable_path=shutil.which("chrome")', "")
    with web.running():
        assert web.get("/title").status_code == 500
        assert web.wait_for_log("BrowserType.launch: Executable doesn't exist at"), web.log
        assert recognition.find_first_entry(web.log).id == "browsertype-launch-executable-doesnt-exist"


@pytest.mark.parametrize("package", ["pyogrio==0.13.0", "rasterio==1.4.4"])
def test_gdal_is_in_the_packages_that_the_page_names(package, tmp_path):
    (tmp_path / "requirements.txt").write_text(f"{package}\n")
    found = make_lock_environment(tmp_path / "requirements.txt")
    assert list(found.rglob("libgdal*.so*"))
