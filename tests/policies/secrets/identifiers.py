"""Things that look like secrets and are none: addresses, transactions, order and user numbers.

And the encodings that both they and the secrets of `other_secrets.py` need.
"""

from __future__ import annotations

import hashlib

from tests.policies.secrets.lot import Lot

BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
HEX = "0123456789abcdef"
DIGITS = "0123456789"
LETTERS_AND_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


def base58check(content: bytes) -> str:
    whole = content + hashlib.sha256(hashlib.sha256(content).digest()).digest()[:4]
    number = int.from_bytes(whole, "big")
    written = ""
    while number:
        number, digit = divmod(number, 58)
        written = BASE58[digit] + written
    return "1" * (len(whole) - len(whole.lstrip(b"\0"))) + written


def bitcoin_address(lot: Lot) -> str:
    kind = lot.below(4)
    if kind == 0:
        return base58check(b"\0" + lot.octets(20))
    if kind == 1:
        return base58check(b"\5" + lot.octets(20))
    return "bc1" + lot.pick("qp") + lot.text(BECH32, 38 if kind == 2 else 58)


def ethereum_address(lot: Lot) -> str:
    written = lot.text(HEX, 40)
    return "0x" + "".join(c.upper() if lot.chance(0.5) else c for c in written)


def tron_address(lot: Lot) -> str:
    return base58check(b"\x41" + lot.octets(20))


def address(lot: Lot) -> str:
    return lot.pick((bitcoin_address, ethereum_address, tron_address))(lot)


def bitcoin_txid(lot: Lot) -> str:
    return lot.text(HEX, 64)


def ethereum_txid(lot: Lot) -> str:
    return "0x" + lot.text(HEX, 64)


def txid(lot: Lot) -> str:
    return lot.pick((bitcoin_txid, ethereum_txid))(lot)


def order_number(lot: Lot) -> str:
    return lot.pick(
        (
            "2024" + f"{lot.between(1, 12):02}{lot.between(1, 28):02}" + lot.text(DIGITS, 10),
            lot.text("123456789", 1) + lot.text(DIGITS, 18),
            lot.text("123456789", 1) + lot.text(DIGITS, lot.between(8, 15)),
            "BP-" + lot.text("23456789ABCDEFGHJKMNPQRSTUVWXYZ", 4) + "-K2",
            "-".join(lot.text(HEX, n) for n in (8, 4, 4, 4, 12)),
        )
    )


def user_number(lot: Lot) -> str:
    return lot.text("123456789", 1) + lot.text(DIGITS, lot.between(5, 9))


def luhn(digits: str) -> str:
    """The digits with their check digit."""
    doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in digits[::-2])
    single = sum(int(digit) for digit in digits[-2::-2])
    return digits + str(-(doubled + single) % 10)
