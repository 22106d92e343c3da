import os
import smtplib
import ssl
from email.message import EmailMessage


def send(to, subject, text):
    message = EmailMessage()
    message["From"] = os.environ["MAIL_SENDER"]
    message["To"] = to
    message["Subject"] = subject
    message.set_content(text)
    port = int(os.environ["MAIL_PORT"])
    with smtplib.SMTP(os.environ["MAIL_SERVER"], port) as server:
        # Encrypt before the login, and verify whose certificate it is.
        server.starttls(context=ssl.create_default_context())
        server.login(os.environ["MAIL_USERNAME"], os.environ["MAIL_PASSWORD"])
        server.send_message(message)
