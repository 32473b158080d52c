"""Writes a text in its plainest form and remembers where each character came from.

Full-width letters become ordinary ones (NFKC), accents join their letters, invisible
characters go. Only the odd stretches of a text are touched, each of bounded length: normalising
a whole hostile text takes time in the square of its length.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from bitp.policies.secrets.finding import Message

COMBINING_MARKS_MAX = 30
"""Marks on one letter that are joined to it; Unicode's own stream-safe limit (UAX 15)."""

_INVISIBLE = (
    "\u00ad\u034f\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff\ufff9-\ufffb"
)
_INVISIBLE_BEYOND = "\U000e0000-\U000e0fff"
_COMBINING = "\u0300-\u034e\u0350-\u036f\u1160-\u11ff\u3099\u309a\u20d0-\u20ff\uff9e\uff9f"
_COMPATIBLE = (
    "\u00aa\u00b2\u00b3\u00b9\u00ba\u0130\u017f\u02b0-\u02b8\u02e0-\u02e4\u1100-\u115f"
    "\u1d2c-\u1d6a\u1d9b-\u1dbf\u2070-\u209c\u2100-\u218b"
    "\u2460-\u24ff\u2776-\u2793\u2e80-\u2fdf\u3200-\u33ff\uf900-\ufaff\ufb00-\ufb06\ufe50-\ufe6f"
    "\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff66-\uff9d\uffa0-\uffdc"
)
_COMPATIBLE_BEYOND = "\U0001d400-\U0001d7ff\U0001f100-\U0001f18f\U0002f800-\U0002fa1f"
# Searched apart: one set with characters of both kinds is three times as slow.
_ODD = re.compile(f"[{_INVISIBLE}{_COMBINING}{_COMPATIBLE}]")
_ODD_BEYOND = re.compile(f"[{_INVISIBLE_BEYOND}{_COMPATIBLE_BEYOND}]")
# One range around all of them is searched three times as fast, and few texts reach into it.
_BEYOND = re.compile("[\U0001d400-\U000e0fff]")
_INVISIBLES = re.compile(f"[{_INVISIBLE}{_INVISIBLE_BEYOND}]+")
_STRETCH = re.compile(
    f"{_INVISIBLES.pattern}"
    f"|(?:[^{_INVISIBLE}{_INVISIBLE_BEYOND}][{_COMBINING}]{{1,{COMBINING_MARKS_MAX}}})"
    f"|[{_COMPATIBLE}{_COMPATIBLE_BEYOND}]"
)

# White letters in black circles and squares: NFKC leaves them as they are.
_ENCLOSED = {first + n: chr(97 + n) for first in (0x1F150, 0x1F170) for n in range(26)}

Edit = tuple[int, int, str]
"""Start and end of a stretch, and what takes its place."""


class Folded(NamedTuple):
    """A folded text. For each odd stretch: where it starts and ends, folded and originally."""

    message: Message
    folded_starts: Sequence[int] = ()
    folded_ends: Sequence[int] = ()
    starts: Sequence[int] = ()
    ends: Sequence[int] = ()

    def original_start(self, index: int) -> int:
        """Where the folded character at `index` begins in the original text."""
        at = bisect_right(self.folded_starts, index) - 1
        if at < 0:
            return index
        if index < self.folded_ends[at]:
            return self.starts[at]
        return self.ends[at] + index - self.folded_ends[at]

    def original_end(self, index: int) -> int:
        """Where the folded character before `index` ends in the original text."""
        at = bisect_right(self.folded_starts, index - 1) - 1
        if at < 0:
            return index
        if index <= self.folded_ends[at]:
            return self.ends[at]
        return self.ends[at] + index - self.folded_ends[at]


def fold(text: str) -> Folded:
    """The folded form of `text`; the text itself where nothing in it is odd."""
    if text.isascii() or not (_ODD.search(text) or _is_odd_beyond(text)):
        return Folded(Message(text, text.lower()))
    return _fold_odd(text)


def _is_odd_beyond(text: str) -> bool:
    return _BEYOND.search(text) is not None and _ODD_BEYOND.search(text) is not None


def _fold_odd(text: str) -> Folded:
    return rewritten(text, ((*odd.span(), _plainest(odd[0])) for odd in _STRETCH.finditer(text)))


def rewritten(text: str, edits: Iterable[Edit]) -> Folded:
    """`text` with a new piece for each stretch; `edits` are in order and do not overlap."""
    pieces: list[str] = []
    # Four lists of numbers: a tuple for each stretch would keep the garbage collector busy.
    folded_starts: list[int] = []
    folded_ends: list[int] = []
    starts: list[int] = []
    ends: list[int] = []
    copied = length = 0
    for start, end, piece in edits:
        pieces += (text[copied:start], piece)
        length += start - copied
        folded_starts.append(length)
        length += len(piece)
        folded_ends.append(length)
        starts.append(start)
        ends.append(end)
        copied = end
    pieces.append(text[copied:])
    whole = "".join(pieces)
    return Folded(Message(whole, whole.lower()), folded_starts, folded_ends, starts, ends)


def _plainest(stretch: str) -> str:
    if _INVISIBLES.fullmatch(stretch):
        return ""
    # The dotted capital I is the one character whose lower case has another length.
    return unicodedata.normalize("NFKC", stretch).replace("\u0130", "i").translate(_ENCLOSED)
