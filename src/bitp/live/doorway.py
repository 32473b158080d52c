"""Every connection enters here: requests for /live are served, everything else goes to web."""

from __future__ import annotations

from asyncio import AbstractEventLoop, BaseTransport, Protocol, Transport
from typing import TYPE_CHECKING, cast

from bitp.live.answers import away_answer, refusal, upload_refusal
from bitp.live.faults import report
from bitp.live.relay import Relay
from bitp.live.requests import BadRequest, Request, Requests, Upload
from bitp.live.serving import serve_live

if TYPE_CHECKING:
    from bitp.live.gateway import Gateway
    from bitp.live.uploads import Body

# Of an answer, this much is taken from web ahead of a slow reader, so that it frees its thread.
AHEAD_BYTES = 256 * 1024
# Of a file, so many pieces go to web before everybody else has a turn.
PIECES_AT_ONCE = 16
# An answer that brought nothing for this long counts as finished when the gateway drains.
QUIET_S = 0.5


class Doorway(Protocol):
    """One TCP connection, until it becomes a WebSocket."""

    __slots__ = (
        "_answered_at",
        "_began",
        "_heard",
        "_is_ending",
        "_is_serving",
        "_relay",
        "_requests",
        "_stuck_since",
        "_upload",
        "deadline",
        "gateway",
        "peer",
        "transport",
    )

    transport: Transport

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.peer = ""
        self._requests = Requests(gateway.settings.upload_bytes)
        self._relay: Relay | None = None
        # A file that is coming, or is whole and goes on to web.
        self._upload: Body | None = None
        # A request for /live is being answered; what follows waits.
        self._is_serving = False
        # The last word is said; what still comes is thrown away.
        self._is_ending = False
        self._heard = self._began = self._answered_at = gateway.wheel.now
        self._stuck_since = 0.0
        self.deadline = 0.0

    @property
    def loop(self) -> AbstractEventLoop:
        """The loop everything runs in."""
        return self.gateway.loop

    # --- from the client

    def connection_made(self, transport: BaseTransport) -> None:
        """Somebody is here; perhaps one too many."""
        self.transport = cast(Transport, transport)
        peer = transport.get_extra_info("peername")
        self.peer = peer[0] if isinstance(peer, tuple) else ""
        if status := self.gateway.enter(self):
            self.say_last(refusal(status))
            return
        self.deadline = self.gateway.time() + self._patience()
        self.gateway.wheel.add(self)

    def data_received(self, data: bytes) -> None:
        """Pass on or serve what is complete."""
        if self._is_ending:
            return
        self._heard = self.gateway.wheel.now
        if not self._requests.is_held:
            self._began = self._heard
        self._requests.add(data)
        self._go_on()

    def eof_received(self) -> bool:
        """The client sends no more; it may still read the answer."""
        if self._relay is None or self._is_ending:
            return False
        if self._upload is not None:
            return self._upload.is_whole
        self._relay.end()
        return True

    def connection_lost(self, _: Exception | None) -> None:
        """The client is gone."""
        self._is_ending = True
        self._drop_upload()
        if self._relay is not None:
            self._relay.abort()
        self.gateway.leave(self)

    def pause_writing(self) -> None:
        """The client reads slowly: so does web's answer come."""
        self._stuck_since = self.gateway.time()
        if self._relay is not None:
            self._relay.pause()

    def resume_writing(self) -> None:
        """The client has caught up."""
        self._stuck_since = 0
        if self._relay is not None:
            self._relay.resume()

    def _go_on(self) -> None:
        try:
            while not (self._is_serving or self._is_ending):
                if self._upload is not None and not self._upload_goes_on(self._upload):
                    return
                item = self._requests.take()
                if item is None:
                    return
                self._take(item)
        except BadRequest as error:
            is_upload = bool(error.head)
            status = error.status
            self.say_last(upload_refusal(status, error.head) if is_upload else refusal(status))

    def _take(self, item: Request | Upload | bytes) -> None:
        self._began = self._heard
        if isinstance(item, bytes):
            self._pass_on(item)
        elif isinstance(item, Upload):
            self._begin_upload(item)
        elif self._relay is not None and self._relay.is_awaiting:
            # Asked for before the page before it was answered: web will say 404, and as it
            # cannot be told which answer is whose, nothing more is taken.
            self._requests.end()
            self._pass_on(item.head + item.body)
        else:
            self._drop_relay()
            self._is_serving = True
            serve_live(self, item)

    def _pass_on(self, data: bytes) -> None:
        if self._relay is None:
            settings = self.gateway.settings
            self.transport.set_write_buffer_limits(AHEAD_BYTES)
            self._relay = Relay(self, self.gateway.web_path, settings.web_wait_s)
            self.gateway.counts.relayed += 1
        self._relay.write(data)

    # --- a file for web

    def _begin_upload(self, upload: Upload) -> None:
        try:
            self._upload = self.gateway.uploads.begin(self, upload)
        except OSError as error:
            report("a place for an upload", error)
        if self._upload is None:
            raise BadRequest(503, upload.head)

    def _upload_goes_on(self, upload: Body) -> bool:
        """Takes what came of it, passes on what is whole; True when web has all of it."""
        if not upload.is_whole:
            self._keep(upload)
            if upload.missing:
                return False
            self._pass_on(upload.head)
            # Nothing more is read until web has this.
            self.pause()
        return self._pour(upload)

    def _keep(self, upload: Body) -> None:
        try:
            upload.write(self._requests.take_some(upload.missing))
        except OSError as error:
            report("keeping an upload", error)
            raise BadRequest(503, upload.head) from error

    def _pour(self, upload: Body) -> bool:
        for _ in range(PIECES_AT_ONCE):
            if self._relay is None or not self._relay.has_room:
                return False
            piece = upload.read()
            if not piece:
                self._drop_upload()
                self.resume()
                return True
            self._relay.pour(piece)
        self.loop.call_soon(self._pour_on, upload)
        return False

    def _pour_on(self, upload: Body) -> None:
        if self._upload is upload and self._pour(upload):
            self._go_on()

    def _drop_upload(self) -> None:
        upload, self._upload = self._upload, None
        if upload is not None:
            self.gateway.uploads.end(upload)

    def _drop_relay(self) -> None:
        relay, self._relay = self._relay, None
        if relay is not None:
            relay.abort()

    # --- answering a request for /live

    def served(self, answer: bytes) -> None:
        """The answer to the request being served; then the next request's turn comes."""
        if self._is_ending:
            return
        self.transport.write(answer)
        self._is_serving = False
        self._go_on()

    def say_last(self, answer: bytes) -> None:
        """Answer and end; reading goes on for a moment, so that the answer is not lost."""
        if self._is_ending:
            return
        self._is_ending = True
        self._drop_upload()
        self._drop_relay()
        self.resume()
        if not self.transport.is_closing():
            self.transport.write(answer)
            self.transport.write_eof()
            self.loop.call_later(self.gateway.settings.close_s, self.transport.abort)

    def become(self, protocol: Protocol) -> bytes:
        """Another protocol takes the connection over; returns what came already."""
        self._is_ending = True
        self.gateway.leave(self)
        self.transport.set_protocol(protocol)
        return self._requests.rest()

    # --- from web

    def answer(self, data: bytes) -> None:
        """Bytes of web's answer."""
        self._answered_at = self.gateway.wheel.now
        if not self.transport.is_closing():
            self.transport.write(data)

    def web_ended(self, relay: Relay) -> None:
        """Web closed its side: so do we."""
        if self._relay is relay:
            self._relay = None
            self.say_last(b"")

    def web_is_away(self, relay: Relay, request: bytes) -> None:
        """Web could not be reached for as long as we wait, or died before it answered."""
        if self._relay is relay:
            self._relay = None
            self.gateway.counts.web_away += 1
            self.say_last(away_answer(request))

    def pause(self) -> None:
        """Read no more from the client."""
        self.transport.pause_reading()

    def resume(self) -> None:
        """Read from the client again, once a file that is whole has gone on."""
        upload = self._upload
        if upload is not None and upload.is_whole:
            if self._pour(upload):
                self._go_on()
        elif not self.transport.is_closing():
            self.transport.resume_reading()

    # --- the clock

    def is_quiet(self, now: float) -> bool:
        """Whether ending now would cut nothing off."""
        if self._is_serving or self._requests.is_held or self._upload is not None:
            return False
        if self._relay is None:
            return True
        return not self._relay.is_awaiting and now - self._answered_at > QUIET_S

    def overdue(self, now: float) -> float:
        """End what takes too long: half a head, half a body, an answer nobody reads."""
        if self._is_ending:
            return 0
        settings = self.gateway.settings
        upload = self._upload
        if upload is not None and not upload.is_whole and now - upload.began > settings.upload_s:
            self.say_last(upload_refusal(408, upload.head))
        elif upload is None and self._is_too_slow(now - settings.head_s):
            self.say_last(refusal(408))
        elif self._is_stalled(now - settings.stall_s):
            self.transport.abort()
        return now + self._patience()

    def _is_too_slow(self, since: float) -> bool:
        return self._requests.is_held and not self._is_serving and self._began < since

    def _is_stalled(self, since: float) -> bool:
        if self._stuck_since:
            return self._stuck_since < since
        if self._upload is not None:
            return not self._upload.is_whole and self._heard < since
        is_reading = self._requests.is_held or self._relay is None
        return is_reading and not self._is_serving and self._heard < since

    def _patience(self) -> float:
        return min(self.gateway.settings.head_s, self.gateway.settings.stall_s) / 2
