"""The entry point of live: Django for the rights and the database, then the gateway."""

from __future__ import annotations

import socket
from pathlib import Path

from bitp.config.django_setup import set_up_django
from bitp.config.supervisor.ports import listen


def run_live(listen_fd: int, port: int, web: Path) -> None:
    """Serves on the inherited socket, or on loopback's ``port``, until SIGTERM."""
    listening = socket.socket(fileno=listen_fd) if listen_fd >= 0 else listen("127.0.0.1", port)
    set_up_django()

    from django.conf import settings

    from bitp.desk.channels.chat.inbound import ChatInbound
    from bitp.live.server import serve

    serve(listening, str(web), ChatInbound(), settings)
