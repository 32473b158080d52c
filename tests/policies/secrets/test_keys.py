"""Private keys, authenticator and API secrets; and what looks like them and stays."""

from __future__ import annotations

import pytest

from bitp.policies.secrets import Grade, Kind, redact
from tests.policies.secrets import identifiers, other_secrets
from tests.policies.secrets.lot import Lot

pytestmark = pytest.mark.once

HEX = "e9873d79c6d87dc0fb6a5778633389f4453213303da61f20bd67fc233aa33262"
OTHER = "4f3edf983ac636a65a842ce7c78d9aa706d3b113bce9c46f30d7d21715b23b1d"
WIF = "5Kb8kLf9zgWQnogidDA76MzPL6TsZZY36hWXMssSzNydYXYB9KF"


def kinds(text: str) -> list[Kind]:
    return [finding.kind for finding in redact(text).findings]


@pytest.mark.parametrize(
    "make",
    [other_secrets.wif, other_secrets.extended_key, other_secrets.wrapped_extended_key],
)
def test_encoded_keys_are_verified_and_removed(make: other_secrets.Maker) -> None:
    lot = Lot("keys")
    for _ in range(20):
        secret = make(lot)
        redacted = redact(f"这是我的{secret}，谢谢")
        assert redacted.text == f"这是我的⟦removed:private_key:{len(secret)}⟧，谢谢"
        assert redacted.findings[0].grade is Grade.CHECKSUM_OK


def test_a_mistyped_key_is_removed_where_it_is_called_a_key() -> None:
    mistyped = WIF[:-1] + "G"
    assert redact(f"my private key {mistyped}").findings[0].grade is Grade.CHECKSUM_FAILED
    assert kinds(f"voucher {mistyped}") == []


def test_a_pem_key_goes_whole_even_without_its_end() -> None:
    pem = other_secrets.pem_key(Lot("pem"))
    assert redact(f"key:\n{pem}\nthanks").text == f"key:\n⟦removed:private_key:{len(pem)}⟧\nthanks"
    cut = pem[: len(pem) // 2]
    assert redact(cut).text == f"⟦removed:private_key:{len(cut)}⟧"


@pytest.mark.parametrize(
    "text",
    [
        f"my private key is {HEX}",
        f"我的私钥是{HEX}，充值没到账",
        f"{HEX}",
        f"0x{HEX.upper()}",
        f"what is this {HEX}",
        f"{HEX} 这个是密钥",
        f"I never got my deposit. My private key: {HEX}",
    ],
)
def test_hex_digits_called_a_key_or_nothing_are_removed(text: str) -> None:
    assert kinds(text) == [Kind.PRIVATE_KEY]
    assert HEX not in redact(text).text.lower()


@pytest.mark.parametrize(
    "text",
    [
        f"txid {HEX}",
        f"我的充值哈希是{HEX}，麻烦看一下",
        f"https://etherscan.io/tx/0x{HEX}",
        f"{HEX} 这笔交易没到账",
        f"my deposits:\n{HEX}\n{OTHER}",
        f"Never share a private key. My txid is {HEX}",
        f"交易{HEX}。助记词在哪里备份？",
    ],
)
def test_hex_digits_called_a_transaction_stay(text: str) -> None:
    assert redact(text).text == text


def test_a_transaction_of_this_customer_stays_without_a_name() -> None:
    assert redact(f"0x{HEX.upper()}", known_txids=frozenset({HEX})).findings == ()
    assert len(redact(f"{HEX} {OTHER}", known_txids=frozenset({HEX})).findings) == 1


@pytest.mark.parametrize(
    "text",
    [
        "api secret: NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j",
        "我的API密钥是 5F2B1C0D9E8A7B6C5D4E3F2A1B0C9D8E",
        '{"secretKey": "kQH5HW/8p1uGOVjbgWA7FunAmGO8lsSUXNsu3eow76sz84Q18fWxnyRzBHCd3pd5nE=="}',
    ],
)
def test_api_secrets_are_removed_where_they_are_named(text: str) -> None:
    assert kinds(text) == [Kind.API_SECRET]


def test_an_authenticator_link_is_removed() -> None:
    link = "otpauth://totp/BitP:alice@example.org?secret=JBSWY3DPEHPK3PXP&issuer=BitP"
    assert redact(f"{link}，扫不了").text == f"⟦removed:otpauth:{len(link)}⟧，扫不了"
    assert kinds("2FA key: JBSW Y3DP EHPK 3PXP") == [Kind.OTPAUTH]


def test_addresses_orders_and_users_stay() -> None:
    lot = Lot("stay")
    for _ in range(200):
        for text in (
            f"地址 {identifiers.address(lot)}",
            f"my secret key is not here, my address is {identifiers.address(lot)}",
            f"order {identifiers.order_number(lot)}",
            f"UID: {identifiers.user_number(lot)}",
        ):
            assert redact(text).text == text


@pytest.mark.parametrize("size", [4, 8])
@pytest.mark.parametrize("separator", [" ", "-", "\n", ", ", "_"])
def test_a_key_in_groups_is_removed(size: int, separator: str) -> None:
    grouped = separator.join(HEX[at : at + size] for at in range(0, 64, size))
    for text in (grouped, f"0x{grouped}", grouped.upper(), f"my private key: {grouped}. Help!"):
        assert kinds(text) == [Kind.PRIVATE_KEY]
        assert "3389" not in redact(text).text
    assert kinds(f"the txid is {grouped}") == []


def test_a_key_in_long_groups_or_with_colons_is_removed_where_it_has_its_name() -> None:
    for text in (f"{HEX[:32]}\n{HEX[32:]}", ":".join(HEX[n : n + 4] for n in range(0, 64, 4))):
        assert redact(text).findings == ()
        assert kinds(f"private key:\n{text}") == [Kind.PRIVATE_KEY]


@pytest.mark.parametrize(
    "text",
    [
        " ".join(["4111 2222 3333 4445"] * 4),
        "1a2b 3c4d 5e6f 7081 is the number on the back of the device",
        " ".join(HEX[n : n + 4] for n in range(0, 60, 4)),
        " ".join((HEX * 2)[n : n + 4] for n in range(0, 100, 4)),
    ],
)
def test_groups_of_another_number_of_digits_stay(text: str) -> None:
    assert redact(text).text == text
