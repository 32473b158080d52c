"""The sockets the supervisor owns, and the private folder of the local ones."""

from __future__ import annotations

import errno
import socket
import tempfile
from pathlib import Path

from bitp.config.failure import Failure

# Connections the kernel holds while live restarts; beyond it new ones wait and retry.
BACKLOG = 4096
WEB_BACKLOG = 1024
# Linux allows 107 bytes in a socket's path, macOS 103; our names need less than 20.
LONGEST_RUN_FOLDER_BYTES = 80


class PortTaken(Failure):
    """Another program listens on this address and port, or the system forbids or lacks it."""


def listen(host: str, port: int) -> socket.socket:
    """A listening TCP socket; port 0 chooses a free one. Raises PortTaken with what to do."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(BACKLOG)
    except OverflowError as error:
        listening.close()
        raise PortTaken(f"there is no port {port}; ports go from 1 to 65535") from error
    except OSError as error:
        listening.close()
        raise PortTaken(_explain(host, port, error)) from error
    return listening


def _explain(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} on {host} is taken by another program; choose another port"
    return f"cannot listen on {host} port {port}: {error.strerror}"


def make_run_folder(data: Path) -> Path:
    """A folder only we can enter for local sockets: in ``data``, or a temporary one where the
    path would be too long or the file system has no sockets."""
    folder = data.resolve() / "run"
    if len(str(folder).encode()) <= LONGEST_RUN_FOLDER_BYTES:
        folder.mkdir(mode=0o700, exist_ok=True)
        folder.chmod(0o700)
        if _holds_sockets(folder):
            return folder
    return Path(tempfile.mkdtemp(prefix="bitp-", dir="/tmp"))


def _holds_sockets(folder: Path) -> bool:
    path = folder / "probe"
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.bind(str(path))
        except OSError:
            return False
    path.unlink()
    return True


def listen_locally(path: Path, backlog: int = WEB_BACKLOG) -> socket.socket:
    """A listening Unix socket that only our user can reach; an earlier one is replaced."""
    path.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listening.bind(str(path))
    path.chmod(0o600)
    listening.listen(backlog)
    return listening
