"""Masks, places in the original text, fingerprints, and what holds for every text."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bitp.policies.secrets import GIVES_AWAY_FUNDS, MASK_PATTERN, Grade, Kind, redact
from bitp.policies.secrets.folding import fold
from tests.policies.secrets.corpus import corpus

pytestmark = pytest.mark.once

VALID = "legal winner thank year wave sausage worth useful legal winner thank yellow"
WIF = "5Kb8kLf9zgWQnogidDA76MzPL6TsZZY36hWXMssSzNydYXYB9KF"
SECRETS = (VALID, WIF, "验证码 482913", "4111 1111 1111 1111", "otpauth://totp/a?secret=B")
ODD = "ﬁ①㎏\u200b\u0301ａｂ４İｶﾞ가\u1112\u1161👍🏽\U0001d41a\ud800⟦:⟧\0"


def test_places_are_those_of_the_original_text() -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) if c != " " else "\u3000" for c in VALID)
    text = f"ﬁrst \u200b①: {wide}\u200b, ½ done"
    finding = redact(text).findings[0]
    assert text[finding.start : finding.end] == wide


def test_several_secrets_are_masked_in_order() -> None:
    text = f"验证码 482913 私钥 {WIF} 词 {VALID} 好"
    expected = (
        "验证码 ⟦removed:one_time_code:6⟧ 私钥 ⟦removed:private_key:51⟧"
        " 词 ⟦removed:seed_phrase:12⟧ 好"
    )
    assert redact(text).text == expected


def test_only_phrases_and_keys_give_away_funds() -> None:
    assert {Kind.SEED_PHRASE, Kind.PRIVATE_KEY} == GIVES_AWAY_FUNDS
    assert redact(VALID).gives_away_funds
    assert redact(WIF).gives_away_funds
    assert not redact("验证码 482913").gives_away_funds


def test_the_same_secret_has_the_same_fingerprint_however_it_is_written() -> None:
    written = (VALID, VALID.upper(), f"my seed: {VALID.replace(' ', ', ')}. Help!")
    prints = {redact(text, key=b"k").findings[0].fingerprint for text in written}
    assert len(prints) == 1
    assert re.fullmatch("[0-9a-f]{32}", prints.pop())


def test_a_fingerprint_depends_on_the_key_and_is_empty_without_one() -> None:
    assert redact(WIF).findings[0].fingerprint == ""
    one, two = (redact(WIF, key=key).findings[0].fingerprint for key in (b"one", b"two"))
    assert one != two


def test_a_one_time_code_has_no_fingerprint_because_it_could_be_tried_out() -> None:
    assert redact("验证码 482913", key=b"k").findings[0].fingerprint == ""


def test_a_finding_does_not_hold_the_secret() -> None:
    assert "winner" not in repr(redact(VALID, key=b"k"))


def test_a_mask_of_the_pattern_is_what_is_written() -> None:
    found = MASK_PATTERN.search(redact(VALID).text)
    assert found is not None
    assert (found[1], found[2]) == ("seed_phrase", "12")


def test_redacting_twice_changes_nothing() -> None:
    for sample in corpus()[::7]:
        once = redact(sample.text).text
        assert redact(once) == redact(once).__class__(once), sample


def test_a_mask_somebody_typed_hides_nothing() -> None:
    typed = "⟦removed:seed_phrase:12⟧"
    assert redact(f"{typed} {VALID}").text == f"{typed} {typed}"
    # Not a kind we know: it is text like any other.
    assert VALID not in redact(f"⟦removed:{VALID}:12⟧").text


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from(ODD)), max_size=300))
@example("\ud800" + VALID)
@example("̀" * 100)
def test_any_text_is_answered_and_what_is_outside_the_findings_stays(text: str) -> None:
    redacted = redact(text)
    kept: list[str] = []
    end = 0
    for finding in redacted.findings:
        assert end <= finding.start < finding.end <= len(text)
        kept.append(text[end : finding.start])
        end = finding.end
    kept.append(text[end:])
    assert MASK_PATTERN.sub("\n", redacted.text) == MASK_PATTERN.sub("\n", "\n".join(kept))


@given(
    st.text(max_size=40),
    st.sampled_from(SECRETS),
    st.text(alphabet=st.characters(categories=["Zs", "Po", "Cc"]), max_size=10),
)
def test_a_secret_is_removed_whatever_is_around_it(ahead: str, secret: str, behind: str) -> None:
    text = f"{ahead} . {secret} . {behind}"
    assert secret not in redact(text).text


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from(ODD)), max_size=200))
def test_folding_knows_where_every_character_came_from(text: str) -> None:
    folded = fold(text)
    assert len(folded.message.text) == len(folded.message.lower)
    places = [folded.original_start(at) for at in range(len(folded.message.text))]
    ends = [folded.original_end(at + 1) for at in range(len(folded.message.text))]
    assert places == sorted(places)
    assert ends == sorted(ends)
    assert all(0 <= start < end <= len(text) for start, end in zip(places, ends, strict=True))


def test_an_ordinary_text_is_the_very_same_object() -> None:
    text = "我的提现什么时候到账？ Thanks, Bob"
    assert redact(text).text is text


def test_grades_are_plain_words() -> None:
    assert {grade.value for grade in Grade} >= {"checksum_ok", "checksum_failed", "abbreviated"}
