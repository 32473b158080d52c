"""Pictures are drawn anew: what was hidden in the file, or told about its maker, stays behind."""

from __future__ import annotations

import threading
from typing import BinaryIO, NamedTuple, cast

from PIL import Image, ImageOps, UnidentifiedImageError

from bitp.desk.attachments.errors import BadPicture, TooManyPixels
from bitp.lib.sealed import SealedReader, SealedStore, SealedWriter

# What a phone's largest picture has; drawn, it takes 4 bytes for each. Bombs have billions.
PIXELS_MAX = 50_000_000
# A document on a page of this size is readable to the last line.
SIDE_PIXELS_MAX = 4_096
THUMBNAIL_PIXELS = 480
JPEG_QUALITY = 88
THUMBNAIL_QUALITY = 78
_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/gif": "GIF"}
# One is drawn at a time: several of the largest at once would take the machine's memory.
_drawing = threading.Lock()


class Redrawn(NamedTuple):
    """A picture as it is kept. type: image/jpeg or image/png; sizes in pixels."""

    type: str
    width: int
    height: int
    picture: SealedWriter
    thumbnail: SealedWriter


def redraw(source: SealedReader, type_: str, store: SealedStore) -> Redrawn:
    """The picture and its thumbnail, both to be committed; raises BadPicture, TooManyPixels.

    The first frame of an animation is kept. Only decoders of the decided type are asked.
    """
    with _drawing:
        try:
            with Image.open(cast(BinaryIO, source), formats=[_FORMATS[type_]]) as opened:
                return _redraw(opened, store)
        except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
            raise BadPicture from error
        except Image.DecompressionBombError as error:
            raise TooManyPixels from error


def _redraw(opened: Image.Image, store: SealedStore) -> Redrawn:
    # Known from the head, before anything is drawn.
    if opened.width * opened.height > PIXELS_MAX:
        raise TooManyPixels
    if opened.format == "JPEG":
        # Decoded at half its size where even that is larger than what is kept.
        opened.draft("RGB", (SIDE_PIXELS_MAX, SIDE_PIXELS_MAX))
    # Made smaller before anything is copied: the copies count in memory too.
    opened.thumbnail((SIDE_PIXELS_MAX, SIDE_PIXELS_MAX))
    drawn = _plain(opened)
    is_photo = opened.format == "JPEG"
    picture = _write(drawn, store, is_photo, JPEG_QUALITY)
    small = drawn.copy()
    small.thumbnail((THUMBNAIL_PIXELS, THUMBNAIL_PIXELS))
    thumbnail = _write(small, store, is_photo or small.mode == "RGB", THUMBNAIL_QUALITY)
    type_ = "image/jpeg" if is_photo else "image/png"
    return Redrawn(type_, drawn.width, drawn.height, picture, thumbnail)


def _plain(opened: Image.Image) -> Image.Image:
    """Upright pixels, and nothing else of the file."""
    upright = ImageOps.exif_transpose(opened)
    has_alpha = upright.has_transparency_data
    drawn = upright.convert("RGBA" if has_alpha and opened.format != "JPEG" else "RGB")
    plain = Image.new(drawn.mode, drawn.size)
    plain.paste(drawn)
    return plain


def _write(drawn: Image.Image, store: SealedStore, is_photo: bool, quality: int) -> SealedWriter:
    writer = store.create()
    target = cast(BinaryIO, _Target(writer))
    try:
        if is_photo:
            drawn.save(target, "JPEG", quality=quality, optimize=True)
        else:
            drawn.save(target, "PNG")
    except BaseException:
        writer.discard()
        raise
    return writer


class _Target:
    """As much of a file as Pillow writes to."""

    def __init__(self, writer: SealedWriter) -> None:
        self._writer = writer

    def write(self, data: bytes) -> int:
        """One piece."""
        self._writer.write(bytes(data))
        return len(data)

    def flush(self) -> None:
        """The commit does."""
