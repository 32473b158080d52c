"""The entry point of web: gunicorn with threads behind a private Unix socket.

live puts a PROXY header in front of each connection it relays, so that the address of the
client is known and no client can forge it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]

from bitp.config.environment import read_environment
from bitp.config.leash import follow_parent

# A request that takes longer ends with its process; the next process takes over.
REQUEST_S = 30
# The supervisor gives web about 3 s after live has ended.
DRAIN_S = 3
KEEP_ALIVE_S = 75
FIELD_BYTES = 8190


class WebServer(BaseApplication):  # type: ignore[misc] # its types are unknown
    """One gunicorn master with one process of threads."""

    def __init__(self, options: dict[str, Any]) -> None:
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        """Ours only: no file, no command line, no GUNICORN_CMD_ARGS."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Callable[..., Any]:
        """Imported after the fork: the master stays small."""
        from bitp.config.wsgi import application

        return application


def run_web(bind: str, leash_fd: int) -> None:
    """Serves on ``bind`` (unix:PATH or fd://N) until SIGTERM."""
    follow_parent(leash_fd)
    WebServer(
        {
            "bind": [bind],
            "umask": 0o077,
            "worker_class": "gthread",
            "workers": 1,
            "threads": read_environment().web_threads,
            "timeout": REQUEST_S,
            "graceful_timeout": DRAIN_S,
            "keepalive": KEEP_ALIVE_S,
            "limit_request_field_size": FIELD_BYTES,
            "proxy_protocol": "auto",
            "secure_scheme_headers": {},
            "forwarder_headers": "",
            "control_socket_disable": True,
            "loglevel": "warning",
            "worker_tmp_dir": _memory_folder(),
            "post_fork": lambda _server, _worker: follow_parent(leash_fd),
            "pre_request": keep_client_address,
        }
    ).run()


def keep_client_address(_worker: object, request: Any) -> None:
    """Later requests of a connection have the client address of its first.

    The PROXY header stands before the first request only, and gunicorn's threads forget it
    with that request.
    """
    connection = request.unreader
    if request.proxy_protocol_info:
        connection.bitp_client = request.proxy_protocol_info
    else:
        request.proxy_protocol_info = getattr(connection, "bitp_client", None)


def _memory_folder() -> str | None:
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108
