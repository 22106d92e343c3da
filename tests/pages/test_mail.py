"""docs/guides/mail.md: every claim the page makes, proved with a real SMTP server that requires TLS and a login."""

import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socketserver import BaseRequestHandler, ThreadingTCPServer

import pytest
import requests

from handbook.fake_heroku.process import DEFAULT_TIMEOUT, ThreadServer, eventually, has_lines
from handbook.paths import SNIPPETS
from tests.conftest import replace_in_file

TEXT = "Do you deliver to Malmö?"


def write_to(web) -> requests.Response:
    """Send the contact form of the site, and return the response."""
    return requests.post(f"{web.router.url}/contact", data={"text": TEXT}, timeout=DEFAULT_TIMEOUT)


def shorten_timeout(web) -> None:
    """Change the time limit of the app from ten seconds to one."""
    replace_in_file(web.app / "mailer.py", "timeout=10", "timeout=1")


@pytest.fixture
def mailbox(addon, service):
    """Return mailbox(): the mails that the server has accepted from this test."""
    login = addon("smtp")["MAIL_USERNAME"]
    return lambda: service("smtp").mailboxes[login].messages


@contextmanager
def silent_server() -> Iterator[dict[str, str]]:
    """Yield the config vars that lead to a server which accepts connections and sends nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield {"MAIL_PORT": str(server.getsockname()[1])}


@pytest.mark.parametrize("app", ["mail", "mail/form-flask-mail"])
def test_what_a_visitor_writes_arrives_with_its_accents(dyno, mailbox, app):
    with dyno(app).running() as web:
        assert write_to(web).text == "Thank you", web.log
    (message,) = mailbox()
    assert (message["From"], message["To"]) == ("shop@example.com", "shop@example.com")
    assert message["Subject"] == "A message from the site"
    assert message.get_content().strip() == TEXT


def test_the_command_sends_to_the_address_it_is_given(dyno, mailbox):
    one = dyno("mail", command="flask send-test you@example.com")
    with one:
        assert one.wait() == 0, one.log
        assert has_lines(one.log, ["The provider has taken it."])
    (message,) = mailbox()
    assert message["To"] == "you@example.com"


def test_a_task_of_the_celery_guide_sends_from_the_worker(dyno, mailbox, addon):
    config = addon("smtp")
    web, worker = dyno("celery"), dyno("celery", process="worker", config=config)
    shutil.copy(SNIPPETS / "mail/mailer.py", worker.app)
    waits = "    time.sleep(5)  # in place of slow work: a PDF, a mail server, another site\n"
    sends = "    import mailer\n\n    mailer.send('you@example.com', f'Receipt {number}', 'Thank you.')\n"
    replace_in_file(worker.app / "tasks.py", waits, sends)
    with web.running(), worker:
        assert requests.post(f"{web.router.url}/orders/42", timeout=DEFAULT_TIMEOUT).status_code == 202
        assert eventually(lambda: [message["Subject"] for message in mailbox()] == ["Receipt 42"]), worker.log


def test_a_dyno_has_no_mail_server_and_flask_mail_looks_for_one_there(dyno, expected_lines, needs_own_network):
    script = "import app; app.app.test_client().post('/contact', data={'text': 'Hello'})"
    one = dyno("mail/broken-localhost", command=f'python -c "{script}"')
    one.own_network = needs_own_network(25)
    with one:
        assert one.wait() == 0
        assert has_lines(one.log, expected_lines("mail/broken-localhost")), one.log
        assert "flask_mail" in one.log


def test_with_a_time_limit_the_visitor_is_told_and_the_log_says_why(dyno):
    with silent_server() as config, dyno("mail", config=config) as web:
        shorten_timeout(web)
        assert web.boot() == "up", web.log
        assert write_to(web).status_code == 500
        assert web.wait_for_log("smtplib.SMTPServerDisconnected: Connection unexpectedly closed: timed out"), web.log


@pytest.mark.parametrize("app", ["mail/broken-no-limit", "mail/form-flask-mail"])
def test_without_a_time_limit_heroku_ends_the_request_and_the_app_says_nothing(dyno, expected_lines, app):
    with silent_server() as config, dyno(app, config=config).running() as web:
        web.router.response_timeout = 2  # Heroku's router waits 30 seconds
        assert write_to(web).status_code == 503
        assert has_lines(web.router.log[-1], expected_lines("mail/broken-no-limit"))
        assert "Traceback" not in web.log


def test_without_starttls_the_server_takes_no_login(dyno, expected_lines, mailbox):
    with dyno("mail/broken-plain").running() as web:
        assert write_to(web).status_code == 500
        assert eventually(lambda: has_lines(web.log, expected_lines("mail/broken-plain"))), web.log
    assert mailbox() == []


def test_a_wrong_password_is_refused(dyno, mailbox):
    with dyno("mail", config={"MAIL_PASSWORD": "wrong"}).running() as web:
        assert write_to(web).status_code == 500
        assert web.wait_for_log("smtplib.SMTPAuthenticationError: (535, b'5.7.8 "), web.log
    assert mailbox() == []


def test_a_certificate_that_nobody_knows_ends_it_and_flask_mail_does_not_look(dyno, mailbox):
    with dyno("mail", config={"SSL_CERT_FILE": "/dev/null"}).running() as web:
        assert write_to(web).status_code == 500
        assert web.wait_for_log("certificate verify failed"), web.log
    assert mailbox() == []
    with dyno("mail/form-flask-mail", config={"SSL_CERT_FILE": "/dev/null"}).running() as web:
        assert write_to(web).text == "Thank you", web.log
    assert len(mailbox()) == 1


def test_a_server_that_waits_for_encryption_lets_starttls_time_out(dyno, addon, service):
    """ "A server on port 465 waits for encryption from the first byte": both sides wait for each other."""
    addon("smtp")

    class Encrypted(BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError), service("smtp").context.wrap_socket(self.request, server_side=True) as client:
                client.sendall(b"220 Welcome\r\n")

    class Server(ThreadServer, ThreadingTCPServer):
        pass

    with Server(("127.0.0.1", 0), Encrypted) as server:
        web = dyno("mail", config={"MAIL_PORT": str(server.server_address[1])})
        shorten_timeout(web)
        with web.running():
            assert write_to(web).status_code == 500
            assert web.wait_for_log("Connection unexpectedly closed: timed out"), web.log
