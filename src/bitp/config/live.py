"""The entry point of live: Django for the rights and the database, then the gateway."""

from __future__ import annotations

import socket
from pathlib import Path

from bitp.config.django_setup import set_up_django
from bitp.config.environment import Environment
from bitp.config.supervisor.ports import listen
from bitp.live.protocol import FRAMES_BURST_MAX, FRAMES_PER_S_MAX
from bitp.live.proxies import parse_networks
from bitp.live.settings import GatewaySettings

# Beside each message: marks, typing, drafts.
FRAMES_PER_SEND = 5


def run_live(listen_fd: int, port: int, web: Path) -> None:
    """Serves on the inherited socket, or on loopback's ``port``, until SIGTERM."""
    listening = socket.socket(fileno=listen_fd) if listen_fd >= 0 else listen("127.0.0.1", port)
    set_up_django()

    from django.conf import settings

    from bitp.desk.channels.chat.inbound import ChatInbound
    from bitp.live.server import run

    run(listening, str(web), ChatInbound(), gateway_settings(settings.ENVIRONMENT))


def gateway_settings(environment: Environment) -> GatewaySettings:
    """What an operator may set about the gateway."""
    proxies = filter(None, environment.trusted_proxies.split(","))
    return GatewaySettings(
        trusted_proxies=parse_networks(proxies),
        upload_bytes=environment.attachment_bytes_max,
        upload_folder=str(environment.data),
        sends_per_s=environment.sends_per_s,
        frames_per_s=max(FRAMES_PER_S_MAX, FRAMES_PER_SEND * environment.sends_per_s),
        frames_burst=max(FRAMES_BURST_MAX, FRAMES_PER_SEND * environment.sends_per_s),
        sockets_per_address=environment.sockets_per_address,
        connections_per_address=environment.connections_per_address,
    )
