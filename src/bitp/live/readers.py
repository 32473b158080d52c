"""Questions to the rest of the system, answered by a few threads.

A thread takes what waits, up to a handful, and hands all answers back in one step, so that ten
thousand clients coming back at once cost few wake-ups.
"""

from __future__ import annotations

import threading
from asyncio import AbstractEventLoop
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from bitp.live.faults import report

# Questions one thread takes at once: few enough that the other threads get their share.
TAKEN_MAX = 16

T = TypeVar("T")
Work = Callable[[], Any]
Answered = Callable[[Any], None]
Question = tuple[Work, Answered]


class Readers:
    """A pool of threads for calls that may block on the database."""

    def __init__(self, loop: AbstractEventLoop, threads: int) -> None:
        self._loop = loop
        self._questions: SimpleQueue[Question | None] = SimpleQueue()
        self._threads = [
            threading.Thread(target=self._run, name=f"live-reader-{n}", daemon=True)
            for n in range(threads)
        ]

    def start(self) -> None:
        """Start the threads."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let the threads end after what they do now; waits for none of them."""
        for _ in self._threads:
            self._questions.put(None)

    def ask(self, work: Callable[[], T], answered: Callable[[T | Exception], None]) -> None:
        """Run ``work`` in a thread, then ``answered`` with its result or exception in the loop."""
        self._questions.put((work, answered))

    def _run(self) -> None:
        while (question := self._questions.get()) is not None:
            taken = [question]
            going_on = self._take(taken)
            answers = [(answered, _attempt(work)) for work, answered in taken]
            self._hand_back(answers)
            if not going_on:
                return

    def _take(self, taken: list[Question]) -> bool:
        while len(taken) < TAKEN_MAX:
            try:
                question = self._questions.get_nowait()
            except Empty:
                return True
            if question is None:
                return False
            taken.append(question)
        return True

    def _hand_back(self, answers: list[tuple[Answered, Any]]) -> None:
        with suppress(RuntimeError):  # the loop has ended, and with it who asked
            self._loop.call_soon_threadsafe(_tell, answers)


def _attempt(work: Work) -> Any:
    try:
        return work()
    except Exception as error:  # noqa: BLE001 - the asker decides what a failure means
        return error


def _tell(answers: list[tuple[Answered, Any]]) -> None:
    for answered, result in answers:
        try:
            answered(result)
        except Exception as error:  # noqa: BLE001 - the other answers still have to be told
            report("an answer", error)
