"""The loop: start, watch, restart, answer, drain."""

from __future__ import annotations

import selectors
import signal
import socket
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

from bitp.config.set_up import say
from bitp.config.supervisor.child import Child
from bitp.config.supervisor.control_socket import ControlSocket
from bitp.config.supervisor.readiness import Readiness

# From the first SIGTERM: live and worker have until the first limit, everything until the second.
FIRST_STAGE_S = 7.0
DRAIN_S = 10.0
# A program that ends so often before the system was ever ready will not become well by itself.
GIVE_UP_AFTER = 5
# Between looks at a program that was killed and whose end is not seen yet.
SHORTEST_WAIT_S = 0.05
ENDED_WELL, GAVE_UP = 0, 1


class Supervisor:
    """Runs ``children`` until SIGTERM, Ctrl-C or a closed terminal; calls ``on_ready`` once."""

    def __init__(
        self,
        children: list[Child],
        listening: socket.socket,
        control: ControlSocket,
        on_ready: Callable[[], None],
        *,
        may_kill: bool = False,
    ) -> None:
        self._children = {child.name: child for child in children}
        self._listening = listening
        self._control = control
        self._on_ready = on_ready
        self._may_kill = may_kill
        self._is_ready = False
        self._exit_code = ENDED_WELL
        self._stop_requests = 0
        self._stopping_since: float | None = None
        self._stop_stage = 0
        self._waker, self._woken = socket.socketpair()
        self._selector = selectors.DefaultSelector()

    def run(self, host: str) -> int:
        """Until everything has ended; returns the exit code. ``host``: who /readyz is asked as."""
        self._listen_to_signals()
        self._selector.register(self._woken, selectors.EVENT_READ, self._hear_waker)
        self._selector.register(self._control, selectors.EVENT_READ, self._answer_one)
        readiness = Readiness(self._listening.getsockname()[:2], host, self._tell_ready)
        for child in self._children.values():
            child.start()
        readiness.start()
        while self._stopping_since is None or self._running():
            self._turn()
        readiness.stop()
        self._close()
        return self._exit_code

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """One request of the control socket: {"status": true} or {"kill": NAME}."""
        if "kill" in request:
            return self._kill(str(request["kill"]))
        if "status" in request:
            return self._describe()
        return {"error": "unknown request"}

    def _turn(self) -> None:
        for key, _ in self._selector.select(self._time_to_next()):
            key.data()
        self._collect_ends()
        if self._stop_requests:
            self._stop()
        else:
            self._start_due()

    def _listen_to_signals(self) -> None:
        for one in (self._waker, self._woken):
            one.setblocking(False)
        signal.set_wakeup_fd(self._waker.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        stops = [signal.SIGTERM, signal.SIGINT]
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup means it
            stops.append(signal.SIGHUP)
        for number in stops:
            signal.signal(number, self._ask_to_stop)

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stop_requests += 1

    def _hear_waker(self) -> None:
        said = self._woken.recv(4096)
        if READY_BYTE in said and not self._is_ready:
            self._is_ready = True
            self._on_ready()

    def _tell_ready(self) -> None:
        self._waker.send(READY_BYTE)

    def _answer_one(self) -> None:
        self._control.serve_one(self.answer)

    def _kill(self, name: str) -> dict[str, Any]:
        child = self._children.get(name)
        if not self._may_kill or child is None or child.pid is None:
            return {"error": f"cannot kill {name}"}
        pid = child.pid
        child.forgive()
        child.kill()
        return {"killed": name, "pid": pid}

    def _describe(self) -> dict[str, Any]:
        return {
            "ready": self._is_ready,
            "stopping": self._stopping_since is not None,
            "processes": {
                name: {"pid": child.pid, "restarts": child.restarts}
                for name, child in self._children.items()
            },
        }

    def _running(self) -> list[Child]:
        return [child for child in self._children.values() if child.is_running]

    def _time_to_next(self) -> float | None:
        now = time.monotonic()
        if self._stopping_since is not None:
            limit = FIRST_STAGE_S if self._stop_stage == 1 else DRAIN_S
            return max(SHORTEST_WAIT_S, self._stopping_since + limit - now)
        due = [child.due_at for child in self._children.values() if child.due_at is not None]
        return max(0.0, min(due) - now) if due else None

    def _collect_ends(self) -> None:
        for child in self._children.values():
            code = child.find_end()
            if code is not None and not self._stop_requests:
                self._restart(child, code)

    def _restart(self, child: Child, code: int) -> None:
        pause = child.plan_restart()
        if not self._is_ready and child.restarts >= GIVE_UP_AFTER:
            say(f"{child.name} ended {child.restarts} times (exit code {code}) before it was ready")
            self._exit_code = GAVE_UP
            self._stop_requests += 1
            return
        say(f"{child.name} ended (exit code {code}); starting it again in {pause:.1f} s")

    def _start_due(self) -> None:
        now = time.monotonic()
        for child in self._children.values():
            if child.due_at is not None and child.due_at <= now:
                child.start()

    def _stop(self) -> None:
        now = time.monotonic()
        if self._stopping_since is None:
            self._stopping_since = now
            self._listening.close()
            self._ask_stage_to_stop(1)
        passed = now - self._stopping_since
        if self._stop_stage == 1 and passed >= FIRST_STAGE_S:
            self._kill_stage(1)
        if self._stop_stage == 1 and not self._running_in(1):
            self._ask_stage_to_stop(2)
        if self._stop_requests > 1 or passed >= DRAIN_S:
            self._kill_stage(1)
            self._kill_stage(2)

    def _ask_stage_to_stop(self, stage: int) -> None:
        self._stop_stage = stage
        for child in self._running_in(stage):
            child.ask_to_stop()

    def _kill_stage(self, stage: int) -> None:
        for child in self._running_in(stage):
            say(f"{child.name} did not end in time and is killed")
            child.kill()

    def _running_in(self, stage: int) -> list[Child]:
        return [child for child in self._running() if child.program.stop_stage == stage]

    def _close(self) -> None:
        signal.set_wakeup_fd(-1)
        self._selector.close()
        self._control.close()
        self._waker.close()
        self._woken.close()


READY_BYTE = b"R"
