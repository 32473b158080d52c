"""Puts one system together: folder, sockets, preparation, children; runs it to its end."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from bitp.config.data_folder import lock_folder, make_private_folder
from bitp.config.environment import read_environment
from bitp.config.failure import Failure
from bitp.config.preparation import is_prepared
from bitp.config.supervisor.child import Child, Program
from bitp.config.supervisor.control_socket import ControlSocket
from bitp.config.supervisor.ports import listen, listen_locally, make_run_folder
from bitp.config.supervisor.supervisor import Supervisor

BITP = (sys.executable, "-P", "-m", "bitp.config.commands")


class PreparationFailed(Failure):
    """Migrations, texts or sample data could not be brought up to date; the lines above say why."""


@dataclass(frozen=True, slots=True)
class System:
    """What to run.

    data: absolute folder; address: where to listen (port 0: any free one); host: the name people
    use, which /readyz is asked by; settings: BITP_* variables of the children, given the port;
    may_kill: let the control socket kill; before: called once the folder is ours alone.
    """

    data: Path
    address: tuple[str, int]
    host: str
    settings: Callable[[int], dict[str, str]]
    on_ready: Callable[[int], None]
    may_kill: bool = False
    before: Callable[[], None] = field(default=lambda: None)


def run_system(system: System) -> int:
    """Runs until SIGTERM or SIGINT; the exit code.

    Raises DataFolderRefused, PortTaken or PreparationFailed before anything was started.
    """
    os.umask(0o077)  # whatever any process of ours writes is ours alone
    make_private_folder(system.data)
    with ExitStack() as stack:
        stack.enter_context(lock_folder(system.data))
        listening = stack.enter_context(listen(*system.address))
        system.before()
        run_folder = make_run_folder(system.data)
        if run_folder.parent != system.data.resolve():
            stack.callback(shutil.rmtree, run_folder, ignore_errors=True)
        leash, held = os.pipe()
        stack.callback(os.close, held)
        port = listening.getsockname()[1]
        environment = {
            **os.environ,
            "BITP_DATA": str(system.data),
            "BITP_CONTROL": str(run_folder / "control.sock"),
            **system.settings(port),
        }
        prepare(environment, leash)
        web = stack.enter_context(listen_locally(run_folder / "web.sock"))
        programs = plan_programs(listening.fileno(), web.fileno(), run_folder / "web.sock", leash)
        supervisor = Supervisor(
            [Child(program, environment) for program in programs],
            listening,
            ControlSocket(run_folder / "control.sock"),
            lambda: system.on_ready(port),
            may_kill=system.may_kill,
        )
        return supervisor.run(system.host)


def prepare(environment: dict[str, str], leash: int) -> None:
    """Makes the data folder ready in a short-lived process of its own, if it is not."""
    if is_prepared(read_environment(environment)):
        return
    command = [*BITP, "prepare", "--leash-fd", str(leash)]
    done = subprocess.run(
        command, env=environment, stdout=sys.stderr, pass_fds=[leash], check=False
    )
    if done.returncode:
        raise PreparationFailed("the data folder could not be made ready; the lines above say why")


def plan_programs(listening: int, web: int, web_path: Path, leash: int) -> list[Program]:
    """live in front, web behind it, worker beside; web ends last, live may still relay to it."""
    tied = ("--leash-fd", str(leash))
    return [
        Program(
            "web",
            [*BITP, "web", "--listen-fd", str(web), *tied],
            inherit=(web, leash),
            stop_stage=2,
        ),
        Program(
            "live",
            [*BITP, "live", "--listen-fd", str(listening), "--web", str(web_path), *tied],
            inherit=(listening, leash),
        ),
        Program("worker", [*BITP, "worker", *tied], inherit=(leash,)),
    ]
