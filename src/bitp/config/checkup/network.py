"""Checks of what stands at the other end: our port, the mail server."""

from __future__ import annotations

import smtplib
import socket
from urllib.parse import urlsplit

from bitp.config.checkup import NOTE, OK, TO_DO, Finding
from bitp.config.environment import Environment

ANSWER_WITHIN_S = 5.0
SUBMISSION, SMTP, SMTPS = 587, 25, 465


def check_port(environment: Environment) -> Finding:
    """Free, or BitP answers there already."""
    host, _, port = environment.listen.rpartition(":")
    address = (host.strip("[]"), int(port) if port.isdigit() else -1)
    try:
        with socket.create_connection(address, timeout=ANSWER_WITHIN_S) as connection:
            connection.settimeout(ANSWER_WITHIN_S)
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            answer = connection.recv(12)
    except ConnectionRefusedError:
        return Finding("port", OK, f"{environment.listen} is free")
    except (OSError, OverflowError) as error:
        return Finding("port", TO_DO, f"BITP_LISTEN {environment.listen}: {error}")
    if answer.startswith(b"HTTP/1."):
        return Finding("port", OK, f"{environment.listen} is in use and answers HTTP")
    return Finding("port", TO_DO, f"{environment.listen} is taken by another program")


def check_mail(environment: Environment) -> Finding:
    """The mail server greets us and takes our name and password."""
    if not environment.mail_url:
        return Finding("mail", NOTE, "BITP_MAIL_URL is not set: nobody can be told by mail")
    url = urlsplit(environment.mail_url)
    try:
        with _connect(url.scheme, url.hostname or "", url.port) as server:
            if url.scheme == "smtp" and url.port == SUBMISSION:
                server.starttls()
            if url.username:
                server.login(url.username, url.password or "")
            server.noop()
    except (OSError, smtplib.SMTPException) as error:
        return Finding("mail", TO_DO, f"{url.hostname} does not work: {type(error).__name__}")
    return Finding("mail", OK, f"{url.hostname} answers")


def _connect(scheme: str, host: str, port: int | None) -> smtplib.SMTP:
    if scheme == "smtps":
        return smtplib.SMTP_SSL(host, port or SMTPS, timeout=ANSWER_WITHIN_S)
    return smtplib.SMTP(host, port or SMTP, timeout=ANSWER_WITHIN_S)
