"""Seed phrases in Chinese characters, with and without spaces, beside chat."""

from __future__ import annotations

import pytest

from bitp.policies.secrets import Grade, Kind, redact
from tests.policies.secrets.lot import Lot
from tests.policies.secrets.phrases import CHINESE, SIZES, phrase, words_of

pytestmark = pytest.mark.once


@pytest.mark.parametrize("language", CHINESE)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("separator", [" ", "", "\n", "、", "\u200b"])
def test_every_size_is_found_with_and_without_spaces(
    language: str, size: int, separator: str
) -> None:
    text = separator.join(phrase(Lot(f"{language} {size}"), language, size))
    redacted = redact(text)
    assert redacted.text == f"⟦removed:seed_phrase:{size}⟧"
    assert redacted.findings[0].grade is Grade.CHECKSUM_OK


def test_chat_right_beside_a_phrase_without_spaces_stays() -> None:
    secret = "".join(phrase(Lot("beside"), "chinese_simplified", 12))
    text = f"您好，我的助记词是{secret}请帮我看一下，谢谢"
    assert redact(text).text == "您好，我的助记词是⟦removed:seed_phrase:12⟧请帮我看一下，谢谢"


def test_the_phrase_of_zeros_is_found_though_it_is_one_character() -> None:
    zeros = words_of("chinese_simplified")[0]
    last = words_of("chinese_simplified")[3]
    assert redact(zeros * 11 + last).text == "⟦removed:seed_phrase:12⟧"
    assert redact(" ".join([zeros] * 11 + [last])).text == "⟦removed:seed_phrase:12⟧"


def test_a_wrong_checksum_is_graded_and_removed() -> None:
    words = phrase(Lot("wrong"), "chinese_simplified", 12)
    finding = redact(" ".join(reversed(words))).findings[0]
    assert (finding.kind, finding.grade) == (Kind.SEED_PHRASE, Grade.CHECKSUM_FAILED)


@pytest.mark.parametrize(
    "text",
    [
        "请问提现审核需要多长时间",
        "助记词备份的时候提示顺序错误，是不是我抄错了一个词？",
        "为了您的资金安全，请不要把密码、验证码或者助记词告诉任何人",
        "您 好，我 想 问 一 下 提 现 的 事 情，谢 谢",
        "哈哈哈哈哈哈哈哈哈哈哈哈",
        "买菜清单：土豆、白菜、豆腐、猪肉、鸡蛋、酱油、大葱、生姜、蒜、辣椒",
        "清晨扫雪，黄昏煮酒，半生漂泊，一盏孤灯",
        "我住在内蒙古呼伦贝尔市鄂伦春自治旗，快递寄到县城就行。",
    ],
)
def test_sentences_lists_and_poems_stay(text: str) -> None:
    assert redact(text).text == text
