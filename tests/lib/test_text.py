"""Names and headers as one harmless line."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from django.core.mail import EmailMessage

from bitp.lib.text import one_line

# UAX #9: what sets, overrides, embeds or isolates a direction.
TURNING = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def test_nothing_that_turns_a_text_or_ends_a_line_is_left() -> None:
    everything = "".join(map(chr, range(sys.maxunicode + 1)))
    left = one_line(everything)
    assert not [each for each in left if unicodedata.bidirectional(each) in TURNING]
    assert len(left.splitlines()) == 1
    assert not [each for each in left if unicodedata.category(each) in {"Cc", "Cs", "Zl", "Zp"}]


@pytest.mark.parametrize(
    "name",
    [
        "Carol",
        "\u674e\u96f7",
        "O\u2019Brien-Li",
        "\u05d0\u05dc\u05d9\u05e1",
        "\U0001f469\u200d\U0001f4bb",
    ],
)
def test_a_name_stays_what_it_is(name: str) -> None:
    assert one_line(name) == name


@pytest.mark.parametrize("odd", ["a\r\nBcc: x@example.com", "a\x0bb", "a\x85b", "\ud800a"])
def test_a_mail_can_be_made_of_it(odd: str) -> None:
    sent = EmailMessage(subject=one_line(odd), to=["alice@example.com"]).message().as_bytes()
    assert b"\nBcc:" not in sent


def test_what_shows_nothing_is_nothing() -> None:
    assert one_line(" \u202e\u200b\u200d\n") == ""
