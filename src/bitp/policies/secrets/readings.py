"""Other ways to read a text: without markup, in plain letters, with the words parted.

A phrase copied from a page comes in tags; one written to pass a filter has foreign letters or
spaces inside its words. Each reading is a text of its own that knows where its characters stood.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from bitp.policies.secrets.finding import Found, Message
from bitp.policies.secrets.folding import Edit, Folded, rewritten
from bitp.policies.secrets.glued import GLUED_LETTERS_MIN, PHRASE_LETTERS_MIN, cuts_of
from bitp.policies.secrets.lookalikes import LOOKALIKES
from bitp.policies.secrets.word_lists import WORDS
from bitp.policies.secrets.word_runs import LETTER, RUN_WORDS_MIN, WORD, on_lists

LONG_WORD_LETTERS = 10
"""Two words of a list without a space between them; other words are rarely so long."""

LABELLED_WORDS_MIN = 2 * RUN_WORDS_MIN
"""A run in which each word has a label: «word 1: legal»."""

REPEATED_MIN = RUN_WORDS_MIN
"""A word, or a letter by itself, that stands so often may be a label or part of a word."""

_SEAM = "·"
"""Stands between parted words: nobody types it, so they count as set apart from chat words."""

_MARKUP = re.compile(
    r"<[^<>]{1,200}>|\[/?[a-z]{1,5}\]|&(?:lt;[^&<>]{1,200}&gt|[a-z]{2,6}|#x?[0-9a-f]{2,5});"
)
_LETTERS_APART = re.compile(rf"(?<!{LETTER}){LETTER}(?:[\W\d_]{{1,8}}{LETTER}){{23,}}(?!{LETTER})")
_GAP = re.compile(r"[\W\d_]+")
_CASE_CHANGE = re.compile(r"(?<=[a-z])(?=[A-Z])")
_MARKERS = re.compile(
    r"(?<![^\W_])(?:[a-z]|[ivx]{2,5})(?=\s?[.)\]:：、])|(?<=[0-9])(?:st|nd|rd|th|er|[aeo])(?![^\W\d_])"
)
_ALTERNATING = b"\x00\x01" * 6


class Reading(NamedTuple):
    """A text rewritten step by step; the last step is the one that made `message`."""

    message: Message
    steps: tuple[Folded, ...] = ()

    def rewritten(self, edits: Iterable[Edit]) -> Reading:
        step = rewritten(self.message.text, edits)
        if not step.starts:
            return self
        return Reading(step.message, (*self.steps, step))

    def in_original(self, found: Found) -> Found:
        """The same finding, at its place in the text that was read."""
        start, end = found.start, found.end
        for step in reversed(self.steps):
            start, end = step.original_start(start), step.original_end(end)
        return found._replace(start=start, end=end)


def may_read_otherwise(lower: str, words: Sequence[str], on_list: bytes) -> bool:
    """Cheap: whether one of the readings may differ.

    `words` are all of the text, `on_list` says of each whether it is on a list.
    """
    if "<" in lower or "[/" in lower or ("&" in lower and ";" in lower):
        return True
    letters = "".join(words)
    if len(letters) < PHRASE_LETTERS_MIN:
        return False
    if not letters.isascii():
        return True
    if max(map(len, words)) >= LONG_WORD_LETTERS and _long_letters(words) >= PHRASE_LETTERS_MIN:
        return True
    return len(words) >= LABELLED_WORDS_MIN and (
        len(words) - len(set(words)) >= REPEATED_MIN - 1 or _ALTERNATING in on_list
    )


def _long_letters(words: Sequence[str]) -> int:
    return sum(len(word) for word in words if len(word) >= LONG_WORD_LETTERS)


def readings(message: Message) -> Iterator[Reading]:
    """All that differ from the text itself."""
    plain = _step(Reading(message), _markup)
    foreign = _in_plain_letters(plain)
    for letters in (plain, foreign) if foreign is not plain else (plain,):
        parted = _step(_step(letters, _letters_apart), _glued)
        if parted.message is not message:
            yield parted
        unlabelled = _step(parted, _labels)
        if unlabelled is not parted:
            yield unlabelled


def _step(reading: Reading, edits_of: Callable[[Message], Iterator[Edit]]) -> Reading:
    return reading.rewritten(edits_of(reading.message))


def _in_plain_letters(reading: Reading) -> Reading:
    text = reading.message.text.translate(LOOKALIKES)
    if text == reading.message.text:
        return reading
    return Reading(Message(text, text.lower()), reading.steps)


def _markup(message: Message) -> Iterator[Edit]:
    """A tag is a line break, as it mostly is on a page."""
    for tag in _MARKUP.finditer(message.lower):
        yield *tag.span(), "\n"


def _letters_apart(message: Message) -> Iterator[Edit]:
    """Letters that each stand alone go together; between words stands an unusual gap."""
    for stretch in _LETTERS_APART.finditer(message.lower):
        gaps = list(_GAP.finditer(message.lower, *stretch.span()))
        usual = Counter(gap[0] for gap in gaps).most_common(1)[0][0]
        for gap in gaps:
            yield *gap.span(), "" if gap[0] == usual else _SEAM


def _glued(message: Message) -> Iterator[Edit]:
    """Cuts inside long strings of letters: where the case changes, else where list words meet."""
    cuts: list[int] = []
    strings: list[tuple[int, str]] = []
    for word in WORD.finditer(message.lower):
        if len(word[0]) < GLUED_LETTERS_MIN or word[0] in WORDS:
            continue
        changes = [change.start() for change in _CASE_CHANGE.finditer(message.text, *word.span())]
        cuts += changes
        if not changes:
            strings.append((word.start(), word[0]))
    if sum(len(string) for _, string in strings) >= PHRASE_LETTERS_MIN:
        cuts += cuts_of(strings)
    for cut in sorted(cuts):
        yield cut, cut, _SEAM


def _labels(message: Message) -> Iterator[Edit]:
    """Words that stand again and again between others, and letters or ordinals that count them."""
    words = list(WORD.finditer(message.lower))
    written = [word[0] for word in words]
    if len(words) < LABELLED_WORDS_MIN or not _has_labels(written):
        return
    labels = {word for word, count in Counter(written).items() if count >= REPEATED_MIN}
    markers = {marker.span() for marker in _MARKERS.finditer(message.lower)}
    for word in words:
        if word[0] in labels or word.span() in markers:
            yield *word.span(), ""


def _has_labels(words: Sequence[str]) -> bool:
    on_list = on_lists(words)
    if on_list.count(1) < RUN_WORDS_MIN:
        return False
    return len(words) - len(set(words)) >= REPEATED_MIN - 1 or _ALTERNATING in on_list
