"""Hello: who is this, and may he come in."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bitp.lib.clock import now_us
from bitp.live.client import ASKING, OPEN, Client
from bitp.live.faults import report
from bitp.live.inbound import Refused, Subject
from bitp.live.protocol import VERSION, Error, Hello, Welcome

if TYPE_CHECKING:
    from bitp.live.gateway import Gateway

# What a person with too many connections is told to wait.
RETRY_S = 10

Judged = tuple[Subject, str]


def greet(gateway: Gateway, client: Client, hello: Hello) -> None:
    """Judge the ticket or resume token in a thread; frames that come meanwhile wait."""
    if hello.v != VERSION:
        client.close(4406)
    elif not (hello.ticket or hello.resume):
        client.close(4401)
    else:
        client.state = ASKING
        judged = partial(_judged, gateway, client, gateway.clients.revocations)
        gateway.readers.ask(partial(_judge, gateway, hello), judged)


def _judge(gateway: Gateway, hello: Hello) -> Judged:
    inbound = gateway.inbound
    subject = inbound.open(hello.ticket) if hello.ticket else inbound.resume(hello.resume)
    return subject, inbound.resume_token(subject)


def _judged(gateway: Gateway, client: Client, known: int, answer: Judged | Exception) -> None:
    if client.state is not ASKING:
        return
    if isinstance(answer, Refused):
        client.close(answer.close_code)
    elif isinstance(answer, Exception):
        report("hello", answer)
        client.close(1013, "busy")
    else:
        _admit(gateway, client, known, *answer)


def _admit(gateway: Gateway, client: Client, known: int, subject: Subject, token: str) -> None:
    # The right may have been taken away after the thread judged it, before we knew whose it is.
    if gateway.clients.is_revoked_since(subject, known):
        client.close(4403)
    elif not gateway.clients.introduce(client, subject):
        client.send(Error("too_many_connections", retry_s=RETRY_S))
        client.close(4429, "too_many_connections")
    else:
        client.state = OPEN
        client.send(_welcome(gateway, subject, token))
        _catch_up_on(gateway, client)


def _welcome(gateway: Gateway, subject: Subject, token: str) -> Welcome:
    return Welcome(
        v=VERSION,
        resume=token,
        kind="staff" if subject.kind == "staff" else "customer",
        at_us=now_us(),
        streams=list(subject.streams),
        ping_s=round(gateway.settings.ping_s),
    )


def _catch_up_on(gateway: Gateway, client: Client) -> None:
    early, client.early = client.early, []
    for frame in early:
        if client.state is OPEN:
            gateway.handle(client, frame)
