"""A file on its way in: counted, sealed while it comes, told by its content, redrawn, checked.

Nothing of it is kept unless all of that is done; the row is written last (changes.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings

from bitp.desk.attachments import clamd
from bitp.desk.attachments.errors import (
    CutOff,
    Empty,
    Harmful,
    LengthNeeded,
    TooLarge,
    TypeRefused,
)
from bitp.desk.attachments.kinds import HEAD_BYTES, PICTURES, decide, is_accepted, safe_name
from bitp.desk.attachments.models import CHECKING, READY
from bitp.desk.attachments.pictures import redraw
from bitp.desk.attachments.storage import sealed_files
from bitp.lib.sealed import Sealed, SealedReader, SealedStore

PIECE_BYTES = 64 * 1024
Read = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class Received:
    """A file that is in the store; thumbnail: of a picture."""

    name: str
    type: str
    sha256: str
    file: Sealed
    state: str
    thumbnail: Sealed | None = None
    width: int = 0
    height: int = 0


def check_length(told: str) -> int:
    """The number of bytes that will come; raises LengthNeeded, Empty, TooLarge."""
    # Without a length there is no body: a chunked one does not come past the gateway.
    told = told or "0"
    if not (told.isascii() and told.isdigit()):
        raise LengthNeeded
    length = int(told)
    if not length:
        raise Empty
    if length > settings.ATTACHMENT_BYTES_MAX:
        raise TooLarge
    return length


def receive(read: Read, length_bytes: int, name: str) -> Received:
    """Takes ``length_bytes`` from ``read``; raises an AttachmentError, and then keeps nothing."""
    store = sealed_files()
    with _nothing_kept(store) as kept:
        original = _seal(store, read, length_bytes)
        kept.append(original)
        with store.open(original.name, original.key) as reader:
            type_ = _decide(reader, name)
            received = _redraw(store, reader, type_, kept) if type_ in PICTURES else None
        if received is None:
            received = Received("", type_, "", original, READY)
        state = _check(store, received.file)
        kept.clear()
    if received.file is not original:
        store.remove(original.name)
    return Received(
        safe_name(name, received.type),
        received.type,
        original.sha256,
        received.file,
        state,
        received.thumbnail,
        received.width,
        received.height,
    )


@contextmanager
def _nothing_kept(store: SealedStore) -> Iterator[list[Sealed]]:
    """Removes the listed files if anything goes wrong."""
    kept: list[Sealed] = []
    try:
        yield kept
    finally:
        for each in kept:
            store.remove(each.name)


def _seal(store: SealedStore, read: Read, length_bytes: int) -> Sealed:
    with store.create() as writer:
        while writer.size_bytes < length_bytes:
            try:
                piece = read(min(PIECE_BYTES, length_bytes - writer.size_bytes))
            except OSError as error:
                raise CutOff from error
            if not piece:
                raise CutOff
            writer.write(piece)
        return writer.commit()


def _decide(reader: SealedReader, name: str) -> str:
    head = b"".join(reader.parts(0, HEAD_BYTES))
    tail = b"".join(reader.parts(max(HEAD_BYTES, reader.size_bytes - HEAD_BYTES)))
    type_ = decide(head, tail, name)
    if not is_accepted(type_):
        raise TypeRefused
    return type_


def _redraw(store: SealedStore, reader: SealedReader, type_: str, kept: list[Sealed]) -> Received:
    drawn = redraw(reader, type_, store)
    with drawn.picture, drawn.thumbnail:
        picture = drawn.picture.commit()
        kept.append(picture)
        thumbnail = drawn.thumbnail.commit()
        kept.append(thumbnail)
    return Received("", drawn.type, "", picture, READY, thumbnail, drawn.width, drawn.height)


def _check(store: SealedStore, file: Sealed) -> str:
    """ready or checking; raises Harmful. What is checked is what will be given out."""
    try:
        if find_harm(store, file.name, file.key):
            raise Harmful
    except clamd.Unavailable:
        return CHECKING
    return READY


def find_harm(store: SealedStore, name: str, key: str) -> str:
    """What clamd says of a stored file; empty also where none is configured."""
    if not settings.CLAMD:
        return ""
    with store.open(name, key) as reader:
        return clamd.find_harm(settings.CLAMD, reader.parts())
