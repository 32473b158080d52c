"""The one thread that writes: batches of sends, and small chores between them.

It never waits when something is there: whatever arrived while the last commit ran is the next
batch. After each commit the tail is read at once, and the answers and the log's new entries are
handed to the loop in one step.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from queue import Empty, SimpleQueue

from bitp.live.batch import Answer, Line, Waiting
from bitp.live.faults import report
from bitp.live.inbound import Inbound
from bitp.live.protocol import Ack
from bitp.live.tail import Tail

# Pause before a batch of nothing but locked conversations is tried again.
LOCKED_PAUSE_S = 0.01

Chore = Callable[[], None]
Deliver = Callable[[list[Answer]], None]


class Writer:
    """Collects sends and chores from the loop; one thread does them.

    ``deliver`` is called in the loop with each batch's answers.
    """

    def __init__(self, inbound: Inbound, tail: Tail, deliver: Deliver, held_s: float) -> None:
        self._inbound = inbound
        self._tail = tail
        self._deliver = deliver
        self._held_s = held_s
        self._line = Line()
        self._chores: deque[Chore] = deque()
        self._wake: SimpleQueue[None] = SimpleQueue()
        self._asleep = False
        self._stopped = False
        self._busy = False
        self._thread = threading.Thread(target=self._run, name="live-writer", daemon=True)
        self.batches = 0
        self.posted = 0

    def __len__(self) -> int:
        return len(self._line)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Let the thread end after what it does now; waits not for it."""
        self._stopped = True
        self._wake.put(None)

    def is_idle(self) -> bool:
        """Whether everything handed in is done and answered."""
        return not (self._busy or self._chores or len(self._line))

    def post(self, waiting: Waiting) -> None:
        """Take a send into the next batch."""
        self._line.add(waiting)
        self._rouse()

    def do(self, chore: Chore) -> None:
        """Run ``chore`` in the thread between two batches."""
        self._chores.append(chore)
        self._rouse()

    def _rouse(self) -> None:
        if self._asleep:
            self._asleep = False
            self._wake.put(None)

    def _run(self) -> None:
        while not self._stopped:
            self._busy = True
            worked = self._turn()
            if not worked:
                self._rest()

    def _turn(self) -> bool:
        """One chore, one batch; whether there was anything to do."""
        try:
            chore = self._chores.popleft() if self._chores else None
            if chore is not None:
                chore()
            batch = self._line.take()
            if batch:
                self._post(batch)
            return chore is not None or bool(batch)
        except Exception as error:  # noqa: BLE001 - the thread must outlive any bug
            report("the writer", error)
            return False

    def _rest(self) -> None:
        self._asleep = True
        self._busy = False
        if self._chores or len(self._line):  # came between the look and the sleep
            self._asleep = False
            return
        self._wake.get()

    def _post(self, batch: list[Waiting]) -> None:
        answers, held = self._ask(batch)
        self._line.hold(held)
        stale = self._line.take_older(time.monotonic() - self._held_s)
        answers += [(waiting, _busy(waiting)) for waiting in stale]
        self.batches += 1
        self.posted += len(answers)
        if answers:
            self._tail.advance(lambda: self._deliver(answers))
        elif self._line.only_held():
            self._pause()

    def _ask(self, batch: list[Waiting]) -> tuple[list[Answer], list[Waiting]]:
        """The answers, and the items to hold because their conversation is locked."""
        try:
            acks = self._inbound.post_messages([waiting.posting for waiting in batch])
            pairs = list(zip(batch, acks, strict=True))
        except Exception as error:  # noqa: BLE001 - whatever it was, the outcome is unknown
            report("post_messages", error)
            followers = self._line.take_keys(waiting.key for waiting in batch)
            return [(waiting, _busy(waiting)) for waiting in batch + followers], []
        answers = [(waiting, ack) for waiting, ack in pairs if ack is not None]
        return answers, [waiting for waiting, ack in pairs if ack is None]

    def _pause(self) -> None:
        """Sleep a moment, or until something new comes."""
        self._asleep = True
        try:
            self._wake.get(timeout=LOCKED_PAUSE_S)
        except Empty:
            self._asleep = False


def _busy(waiting: Waiting) -> Ack:
    """Not stored as far as we know; the same again is safe, because its id is."""
    send = waiting.posting.send
    return Ack(
        send.cid,
        "refused",
        conversation=send.conversation,
        thread=send.thread,
        code="busy",
        retry=True,
    )
