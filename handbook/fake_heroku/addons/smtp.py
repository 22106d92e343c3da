"""A real SMTP server on loopback with three properties of the providers of e-mail: it accepts no password before the
connection is encrypted, no mail without a login, and its certificate is for its host name.

A client trusts the authority of that certificate through SSL_CERT_FILE; a provider's authority is trusted everywhere.
"""

import ssl
from contextlib import ExitStack
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self
from uuid import uuid4

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from handbook.fake_heroku.certificates import write_certificates
from handbook.fake_heroku.ports import free_port
from handbook.fake_heroku.process import DEFAULT_TIMEOUT


@dataclass
class Mailbox:
    """The password of one login, and the messages that it has sent."""

    password: str
    messages: list[EmailMessage] = field(default_factory=list)


class Service(ExitStack):
    """One server for all apps, each with a login of its own, alive inside a `with` block."""

    def __enter__(self) -> Self:
        folder = Path(self.enter_context(TemporaryDirectory(prefix="smtp-")))
        write_certificates(folder)
        self.authority, self.mailboxes = folder / "authority.crt", dict[str, Mailbox]()
        self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.context.load_cert_chain(folder / "chain.crt", folder / "server.key")
        server = Controller(
            self,
            hostname="127.0.0.1",
            port=free_port(),
            server_hostname="localhost",
            tls_context=self.context,
            require_starttls=True,
            auth_required=True,
            authenticator=self.authenticate,
            ready_timeout=DEFAULT_TIMEOUT,
        )
        self.port = server.port
        server.start()
        self.callback(server.stop)
        return self

    def authenticate(self, *asked: Any) -> AuthResult:
        *_server, data = asked
        if isinstance(data, LoginPassword):
            mailbox = self.mailboxes.get(data.login.decode())
            if mailbox and mailbox.password == data.password.decode():
                return AuthResult(success=True, auth_data=mailbox)
        return AuthResult(success=False, handled=False)

    async def handle_DATA(self, _server: Any, session: Any, envelope: Any) -> str:
        session.auth_data.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 Message accepted for delivery"

    def provision(self) -> dict[str, str]:
        """Return the config vars of a new login."""
        name, password = uuid4().hex[:8], uuid4().hex
        self.mailboxes[name] = Mailbox(password)
        return {
            "MAIL_SERVER": "localhost",
            "MAIL_PORT": str(self.port),
            "MAIL_USERNAME": name,
            "MAIL_PASSWORD": password,
            "MAIL_SENDER": "shop@example.com",
            "SSL_CERT_FILE": str(self.authority),
        }
