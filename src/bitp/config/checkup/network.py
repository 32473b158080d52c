"""Checks of what stands at the other end: our port, the mail server."""

from __future__ import annotations

import smtplib
import socket
from urllib.parse import urlsplit

from bitp.config.checkup import NOTE, OK, TO_DO, Finding
from bitp.config.environment import Environment

ANSWER_WITHIN_S = 5.0
# Our /healthz with its headers is shorter.
ANSWER_BYTES_MAX = 4_096
SUBMISSION, SMTP, SMTPS = 587, 25, 465


def check_port(environment: Environment) -> Finding:
    """Free, or who answers there already, and what cannot start because of it."""
    host, _, port = environment.listen.rpartition(":")
    address = (host.strip("[]"), int(port) if port.isdigit() else -1)
    try:
        with socket.create_connection(address, timeout=ANSWER_WITHIN_S) as connection:
            connection.settimeout(ANSWER_WITHIN_S)
            name = urlsplit(environment.origin).netloc
            asks = f"GET /healthz HTTP/1.0\r\nHost: {name}\r\nConnection: close\r\n\r\n"
            connection.sendall(asks.encode())
            with connection.makefile("rb") as lines:
                answer = lines.read(ANSWER_BYTES_MAX)
    except ConnectionRefusedError:
        return Finding("port", OK, f"{environment.listen} is free")
    except TimeoutError:
        answer = b""
    except (OSError, OverflowError) as error:
        return Finding("port", TO_DO, f"BITP_LISTEN {environment.listen}: {error}")
    return _taken_by(environment.listen, answer)


def _taken_by(listen: str, answer: bytes) -> Finding:
    """Beside a BitP that runs, all is well but for a second one."""
    is_bitp = answer.startswith(b"HTTP/1.") and answer.endswith(b"\r\n\r\nok\n")
    who = "BitP" if is_bitp else "another program"
    says = (
        f"{listen} is in use by {who}: serve and demo cannot start there; "
        "stop it, or choose another with BITP_LISTEN (demo: --port)"
    )
    return Finding("port", NOTE if is_bitp else TO_DO, says)


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
