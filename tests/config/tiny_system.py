"""A supervisor with three tiny programs in place of live, web and worker.

Run as ``python tiny_system.py FOLDER``; the children are this file too. In FOLDER stand:
``ready`` (while it exists, /readyz says yes), ``stubborn`` (children ignore SIGTERM),
``broken`` (the worker ends at once), NAME.started (one line per start), port, control.sock.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from pathlib import Path
from types import FrameType

from bitp.config.leash import follow_parent
from bitp.config.supervisor.child import Child, Program
from bitp.config.supervisor.control_socket import ControlSocket
from bitp.config.supervisor.ports import listen
from bitp.config.supervisor.supervisor import Supervisor


def supervise(folder: Path) -> int:
    listening = listen("127.0.0.1", 0)
    (folder / "port").write_text(str(listening.getsockname()[1]))
    leash, _held = os.pipe()
    children = [
        Child(_program(folder, "web", leash, (), stage=2), os.environ),
        Child(_program(folder, "live", leash, (listening.fileno(),)), os.environ),
        Child(_program(folder, "worker", leash, ()), os.environ),
    ]
    supervisor = Supervisor(
        children,
        listening,
        ControlSocket(folder / "control.sock"),
        lambda: print("READY", flush=True),
        may_kill=not (folder / "production").exists(),
    )
    return supervisor.run("localhost")


def _program(
    folder: Path, name: str, leash: int, inherit: tuple[int, ...], stage: int = 1
) -> Program:
    command = [sys.executable, __file__, str(folder), name, str(leash), *map(str, inherit)]
    return Program(name, command, inherit=(leash, *inherit), stop_stage=stage)


def live(folder: Path, listening: socket.socket) -> None:
    while True:
        connection, _ = listening.accept()
        with connection:
            connection.recv(1000)
            answer = "200 OK" if (folder / "ready").exists() else "503 Not yet"
            connection.sendall(f"HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n".encode())


def be_child(folder: Path, name: str, leash: int, fds: list[int]) -> None:
    def end(_number: int, _frame: FrameType | None) -> None:
        with (folder / "ended").open("a") as log:
            log.write(f"{name}\n")
        sys.exit(0)

    stubborn = (folder / "stubborn").exists()
    signal.signal(signal.SIGTERM, signal.SIG_IGN if stubborn else end)
    follow_parent(leash)
    with (folder / f"{name}.started").open("a") as log:
        log.write(f"{os.getpid()} {time.monotonic()}\n")
    if name == "worker" and (folder / "broken").exists():
        sys.exit(3)
    if name == "live":
        live(folder, socket.socket(fileno=fds[0]))
    while True:
        signal.pause()


if __name__ == "__main__":
    where, *rest = sys.argv[1:]
    if rest:
        be_child(Path(where), rest[0], int(rest[1]), [int(fd) for fd in rest[2:]])
    else:
        sys.exit(supervise(Path(where)))
