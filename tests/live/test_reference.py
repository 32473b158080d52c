"""The protocol's document is what the code says."""

from __future__ import annotations

from pathlib import Path

from bitp.live import protocol, reference

ROOT = Path(__file__).parents[2]


def test_the_document_is_current() -> None:
    """If this fails: python -m bitp.live.reference."""
    assert (ROOT / reference.TARGET).read_text("utf-8") == reference.render()


def test_every_frame_code_and_limit_is_in_it_and_explained() -> None:
    text = reference.render()
    for code in [*protocol.CLOSE_CODES, *protocol.ERROR_CODES]:
        assert f"| `{code}` | " in text
    limits = [name for name in vars(protocol) if name.endswith("_MAX")]
    assert len(limits) > 10
    for name in limits:
        line = next(line for line in text.splitlines() if f"`{name}`" in line)
        assert len(line.split("|")[3].strip()) > 20


def test_every_frame_has_a_sentence() -> None:
    for frame in protocol.Frame.__subclasses__():
        assert (frame.__doc__ or "").strip().endswith(".")
