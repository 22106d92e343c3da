import os
import smtplib
from email.message import EmailMessage


def send(to, subject, text):
    message = EmailMessage()
    message["From"] = os.environ["MAIL_SENDER"]
    message["To"] = to
    message["Subject"] = subject
    message.set_content(text)
    port = int(os.environ["MAIL_PORT"])
    with smtplib.SMTP(os.environ["MAIL_SERVER"], port, timeout=10) as server:
        server.login(os.environ["MAIL_USERNAME"], os.environ["MAIL_PASSWORD"])
        server.send_message(message)
