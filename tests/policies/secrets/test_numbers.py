"""Card, identity and account numbers, and one-time codes."""

from __future__ import annotations

import pytest

from bitp.policies.secrets import Kind, redact

pytestmark = pytest.mark.once


def kinds(text: str) -> list[Kind]:
    return [finding.kind for finding in redact(text).findings]


@pytest.mark.parametrize(
    "text",
    [
        "4111111111111111",
        "4111 1111 1111 1111",
        "我的卡号４１１１１１１１１１１１１１１１",
        "3782-822463-10005",
        "6200000000000005 绑定失败",
        "card 9558801000000000009",
    ],
)
def test_cards_are_removed(text: str) -> None:
    assert kinds(text) == [Kind.CARD]


@pytest.mark.parametrize(
    "text",
    [
        "4111111111111112",
        "订单号 4111111111111111",
        "order 6200000000000005 is late",
        "13800138000",
        "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16",
        "2024-05-01 12:30:15 2024-05-02 12:30",
        "1700000000000",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert redact(text).text == text


def test_resident_ids_need_their_check_digit() -> None:
    assert redact("身份证11010519491231002X没通过").text == "身份证⟦removed:resident_id:18⟧没通过"
    assert kinds("ID card 510107197802279368") == [Kind.RESIDENT_ID]
    assert kinds("110105 19491231 002x") == [Kind.RESIDENT_ID]
    assert kinds("110105194912310021") == []
    assert kinds("11010519491331002X") == []


def test_ibans_need_their_country_length_and_check_digits() -> None:
    assert redact("to DE89 3704 0044 0532 0130 00 please").text == "to ⟦removed:iban:22⟧ please"
    assert kinds("gb82west12345698765432") == [Kind.IBAN]
    assert kinds("DE89 3704 0044 0532 0130 01") == []
    assert kinds("DE89 3704 0044 0532 0130") == []


@pytest.mark.parametrize(
    "text",
    [
        "验证码 123456",
        "我的验证码是：482913，为什么不对",
        "短信验证码为 4829",
        "my code is 123 456",
        "Your BitP security code: 482913. Do not share it.",
        "482913 is your verification code",
        "482913（验证码）",
        "G-482913 is your Google verification code",
        "2FA code 482913 does not work",
        "Ｙour code is ４８２９１３",
        "code 482913",
        "here is code 48291355 thanks",
        "I typed code 482913 and nothing happens",
    ],
)
def test_one_time_codes_are_removed_where_they_are_named(text: str) -> None:
    assert kinds(text) == [Kind.ONE_TIME_CODE]
    assert "482913" not in redact(text).text


def test_a_whole_list_of_recovery_codes_is_removed() -> None:
    text = "my recovery codes:\n2f79-cab4\n9d3e-11aa\n7b2c-90fe\nthey do not work"
    assert redact(text).text.count("⟦removed:one_time_code:9⟧") == 3


@pytest.mark.parametrize(
    "text",
    [
        "错误码 500012，页面空白",
        "zip code 94103",
        "邀请码 888888 没有奖励",
        "The error code is 500012",
        "我没收到验证码，订单 48291355",
        "验证码收不到，手机尾号 8899",
        "2FA is on and I sent 150000 USDT",
        "the code arrived after 300 seconds",
        "在 2024 年注册，验证码一直有问题",
        "I get code 500012 when I open the page",
        "it failed with code 500012",
        "my promo code 482913 is refused",
        "code 1024",
        "My case number is 4111111111111111",
    ],
)
def test_numbers_that_are_no_codes_stay(text: str) -> None:
    assert redact(text).text == text
