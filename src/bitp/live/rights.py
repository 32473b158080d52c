"""Whether somebody takes part in a conversation, asked once and believed for a short while."""

from __future__ import annotations

from asyncio import AbstractEventLoop
from collections.abc import Callable
from functools import partial

from bitp.live.faults import report
from bitp.live.inbound import Inbound, Subject
from bitp.live.readers import Readers

# Answers kept; when there are more, all are asked again.
ANSWERS_MAX = 50_000

Then = Callable[[bool | None], None]
Key = tuple[str, str]


class Rights:
    """Answers of ``may_write``, by subject and conversation."""

    def __init__(
        self, loop: AbstractEventLoop, inbound: Inbound, readers: Readers, kept_s: float
    ) -> None:
        self._loop = loop
        self._inbound = inbound
        self._readers = readers
        self._kept_s = kept_s
        self._answers: dict[Key, tuple[float, bool]] = {}
        self._asked: dict[Key, list[Then]] = {}

    def ask(self, subject: Subject, conversation: str, then: Then) -> None:
        """Call ``then`` with the answer, at once if it is known; None: it cannot be known now."""
        key = (subject.key, conversation)
        until, answer = self._answers.get(key, (0.0, False))
        if until > self._loop.time():
            then(answer)
        elif key in self._asked:
            self._asked[key].append(then)
        else:
            self._asked[key] = [then]
            work = partial(self._inbound.may_write, subject, conversation)
            self._readers.ask(work, partial(self._answered, key))

    def forget(self, subject_key: str) -> None:
        """A right was taken away: ask again."""
        for key in [key for key in self._answers if key[0] == subject_key]:
            del self._answers[key]

    def _answered(self, key: Key, answer: bool | Exception) -> None:
        waiting = self._asked.pop(key)
        if isinstance(answer, Exception):
            report("may_write", answer)
            known = None
        else:
            known = answer
            self._keep(key, answer)
        for then in waiting:
            then(known)

    def _keep(self, key: Key, answer: bool) -> None:
        if len(self._answers) >= ANSWERS_MAX:
            self._answers.clear()
        self._answers[key] = (self._loop.time() + self._kept_s, answer)
