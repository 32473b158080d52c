"""The id of the request that is being answered, for logs and for the record."""

from __future__ import annotations

from contextvars import ContextVar

from bitp.lib.ids import new_token

ID_BYTES = 9
_current: ContextVar[str] = ContextVar("request_id", default="")


def current_request_id() -> str:
    """The id, or "" outside a request."""
    return _current.get()


def begin_request() -> str:
    """A fresh id for the request that this thread now answers."""
    fresh = new_token(ID_BYTES)
    _current.set(fresh)
    return fresh


def end_request() -> None:
    """The thread answers nothing."""
    _current.set("")
