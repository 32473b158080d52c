"""One supervised program: started, watched, restarted with growing pauses, stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 5.0
# A child that lived this long was well: its next crash is answered at once.
HEALTHY_AFTER_S = 10.0


@dataclass(frozen=True, slots=True)
class Program:
    """What to run: arguments after the name, files to inherit, and when it is stopped.

    stop_stage: 1 is asked to stop first; 2 when all of stage 1 have ended.
    """

    name: str
    command: Sequence[str]
    inherit: tuple[int, ...] = ()
    stop_stage: int = 1


class Child:
    """The running, crashed or stopped state of one program."""

    def __init__(self, program: Program, environment: Mapping[str, str]) -> None:
        self.program = program
        self.environment = environment
        self.restarts = 0
        self.due_at: float | None = None
        self._pause_s = 0.0
        self._started_at = 0.0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def name(self) -> str:
        """The program's name: live, web, worker."""
        return self.program.name

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self._process.pid if self._process else None

    @property
    def is_running(self) -> bool:
        """Whether it was started and its end was not seen yet."""
        return self._process is not None

    def start(self) -> None:
        """Starts it as the head of its own process group, so that Ctrl-C reaches only us."""
        self.due_at = None
        self._started_at = time.monotonic()
        self._process = subprocess.Popen(
            self.program.command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
            pass_fds=self.program.inherit,
            start_new_session=True,
        )

    def find_end(self) -> int | None:
        """Its exit code if it ended since the last look, else None."""
        if self._process is None:
            return None
        code = self._process.poll()
        if code is not None:
            self._signal_group(signal.SIGKILL)  # what it forked goes with it
            self._process = None
        return code

    def plan_restart(self) -> float:
        """Decides when to start again: at once, then after 0.2 s, doubling to 5 s."""
        now = time.monotonic()
        if now - self._started_at >= HEALTHY_AFTER_S:
            self._pause_s = 0.0
        pause = self._pause_s
        self._pause_s = min(max(pause * 2, FIRST_PAUSE_S), LONGEST_PAUSE_S)
        self.due_at = now + pause
        self.restarts += 1
        return pause

    def forgive(self) -> None:
        """Lets the next restart come at once: this end was asked for."""
        self._pause_s = 0.0

    def ask_to_stop(self) -> None:
        """Sends SIGTERM to its head, which drains what it forked."""
        if self._process:
            self._process.terminate()

    def kill(self) -> None:
        """Ends it and what it forked at once, as a crash would."""
        self._signal_group(signal.SIGKILL)

    def _signal_group(self, number: signal.Signals) -> None:
        if self._process:
            try:
                os.killpg(self._process.pid, number)
            except (ProcessLookupError, PermissionError):
                return
