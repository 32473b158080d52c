"""Every secret that is not a seed phrase, in the words people put around it."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator

from tests.policies.secrets.identifiers import (
    BASE58,
    DIGITS,
    HEX,
    LETTERS_AND_DIGITS,
    base58check,
    luhn,
)
from tests.policies.secrets.lot import Lot
from tests.policies.secrets.sample import Sample, within

PLAIN = (
    "{}",
    "please check {} for me",
    "麻烦看一下 {} 谢谢",
    "Hello.\n{}\nIs that right?",
    "这个{}对不对？",
    "「{}」",
)
KEY_WRAPS = (
    *PLAIN,
    "my private key is {}",
    "我的私钥是{}，导入失败",
    "私钥：{}",
    "here is the key {} please import it",
)
HEX_WRAPS = (
    "{}",
    "my private key is {}",
    "我的私钥是{}，导入失败",
    "私钥：{}，充值没到账",
    "private key: {} please restore my account",
    "导入这个 {} 提示格式不对",
    "Never got my deposit. This is my private key: {}",
    "what is this? {}",
    "{} 这个是密钥",
    "{} is my secret key, it stopped working",
)
SECRET_WRAPS = (
    "api secret: {}",
    "API Secret={}",
    "my secret key is {} and it says invalid signature",
    "我的API密钥是 {}，一直报错",
    "api_secret: '{}'",
    "Secret Key：{}",
    "秘钥 {} 权限不足",
    '"apiSecret": "{}"',
    "API key {} does not work",
)
CODE_WRAPS = (
    "验证码 {}",
    "验证码是{}",
    "我的验证码：{}，为什么提示错误",
    "短信验证码为{}，请尽快处理",
    "刚收到的验证码 {}",
    "my code is {}",
    "the verification code is {}",
    "code: {}",
    "OTP {}",
    "2FA code {} does not work",
    "Your BitP security code: {}. Do not share it.",
    "谷歌验证码{}不对",
)
BARE_CODE_WRAPS = ("code {}", "here is code {} thanks", "I typed code {} and nothing happens")
LONG_CODE_WRAPS = (
    "my authenticator code just now was {}",
    "{} 是我的验证码",
    "{} is my verification code",
    "{} is your BitP code",
    "{}（验证码）",
    "the code they sent me by mail is this one: {}",
)
CARD_WRAPS = (
    *PLAIN,
    "my card number is {}",
    "我的银行卡号{}，绑定失败",
    "visa {} exp 04/27",
    "卡号：{}",
)
ID_WRAPS = (*PLAIN, "身份证号{}", "我的身份证是 {}，认证没通过", "ID card {}")
IBAN_WRAPS = (*PLAIN, "IBAN: {}", "请打到这个账户 {}", "my bank account is {} thanks")
LINK_WRAPS = ("{}", "the QR code says {}", "二维码内容：{}", "here: {}\nwhat now?")
BASE32_WRAPS = (
    "authenticator setup key {}",
    "谷歌验证器密钥：{}",
    "my 2FA secret is {}",
    "两步验证的密钥是{}，换手机了",
)
RECOVERY_WRAPS = ("recovery code: {}", "恢复码 {} 用不了", "my backup codes are {}")
BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

Maker = Callable[[Lot], str]


def wif(lot: Lot) -> str:
    tail = b"\1" if lot.chance(0.7) else b""
    return base58check(lot.pick((b"\x80", b"\x80", b"\xef")) + lot.octets(32) + tail)


def extended_key(lot: Lot) -> str:
    version = lot.pick(("0488ade4", "049d7878", "04b2430c", "04358394"))
    return base58check(bytes.fromhex(version) + lot.octets(41) + b"\0" + lot.octets(32))


def wrapped_extended_key(lot: Lot) -> str:
    key = extended_key(lot)
    return key[:76] + "\n" + key[76:]


def hex_key(lot: Lot) -> str:
    key = lot.text(HEX, 64)
    return lot.pick((key, "0x" + key, key.upper()))


def grouped_hex_key(lot: Lot) -> str:
    key = lot.text(HEX, 64)
    size, separator = lot.pick((4, 8)), lot.pick((" ", "-", "\n", ", "))
    return separator.join(key[at : at + size] for at in range(0, 64, size))


def pem_key(lot: Lot) -> str:
    body = base64.encodebytes(lot.octets(121)).decode().strip()
    return f"-----BEGIN EC PRIVATE KEY-----\n{body}\n-----END EC PRIVATE KEY-----"


def api_secret(lot: Lot) -> str:
    return lot.pick(
        (
            lot.text(LETTERS_AND_DIGITS, 64),
            lot.text(LETTERS_AND_DIGITS, 32),
            lot.text(HEX, 32).upper(),
            base64.b64encode(lot.octets(64)).decode(),
            "-".join(lot.text(HEX, count) for count in (8, 8, 8, 5)),
        )
    )


def code(lot: Lot) -> str:
    digits = lot.text(DIGITS, 6)
    return lot.pick((digits, digits, f"{digits[:3]} {digits[3:]}", f"{digits[:3]}-{digits[3:]}"))


def short_code(lot: Lot) -> str:
    return lot.text(DIGITS, lot.between(4, 5))


def card(lot: Lot) -> str:
    prefix, length = lot.pick(
        (("4", 16), ("52", 16), ("62", 16), ("62", 19), ("37", 15), ("35", 16), ("4", 16))
    )
    start = prefix if prefix != "35" else "356"
    digits = luhn(start + lot.text(DIGITS, length - 1 - len(start)))
    separator = lot.pick(("", " ", "-"))
    groups = (4, 6, 5) if length == 15 else (4,) * 4 + ((3,) if length == 19 else ())
    ends = [sum(groups[: n + 1]) for n in range(len(groups))]
    return separator.join(digits[a:b] for a, b in zip([0, *ends], ends, strict=False))


def wide_card(lot: Lot) -> str:
    return "".join(chr(ord(digit) + 0xFEE0) for digit in luhn("4" + lot.text(DIGITS, 14)))


def resident_id(lot: Lot) -> str:
    place = lot.pick(("110101", "310104", "440305", "510107", "330106", "420111", "610113"))
    birth = f"{lot.between(1950, 2006)}{lot.between(1, 12):02}{lot.between(1, 28):02}"
    number = place + birth + lot.text(DIGITS, 3)
    total = sum(int(digit) * (2 ** (17 - at) % 11) for at, digit in enumerate(number))
    number += "10X98765432"[total % 11]
    if lot.chance(0.2):
        return f"{number[:6]} {number[6:14]} {number[14:]}"
    return number.lower() if lot.chance(0.3) else number


def iban(lot: Lot) -> str:
    country, letters, digits = lot.pick(
        (("DE", 0, 18), ("GB", 4, 14), ("FR", 0, 23), ("NL", 4, 10), ("CH", 0, 17), ("ES", 0, 20))
    )
    body = lot.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", letters) + lot.text(DIGITS, digits)
    remainder = int("".join(str(int(c, 36)) for c in body + country + "00")) % 97
    number = f"{country}{98 - remainder:02}{body}"
    if lot.chance(0.5):
        return " ".join(number[at : at + 4] for at in range(0, len(number), 4))
    return number.lower() if lot.chance(0.2) else number


def otpauth_link(lot: Lot) -> str:
    secret = lot.text(BASE32, 32)
    return f"otpauth://totp/BitP:alice@example.org?secret={secret}&issuer=BitP"


def base32_secret(lot: Lot) -> str:
    secret = "K7" + lot.text(BASE32, lot.pick((14, 30)))
    if lot.chance(0.5):
        return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return secret


def recovery_code(lot: Lot) -> str:
    return "2" + lot.text(HEX, 3) + "-" + lot.text(HEX, 4)


def failed_wif(lot: Lot) -> str:
    return "K" + lot.text(BASE58, 51)


MAKERS: tuple[tuple[str, str, Maker, tuple[str, ...]], ...] = (
    ("private_key", "WIF", wif, KEY_WRAPS),
    ("private_key", "WIF, wrong checksum", failed_wif, KEY_WRAPS[-4:]),
    ("private_key", "extended", extended_key, KEY_WRAPS),
    ("private_key", "extended, two lines", wrapped_extended_key, KEY_WRAPS),
    ("private_key", "64 hex", hex_key, HEX_WRAPS),
    ("private_key", "64 hex in groups", grouped_hex_key, HEX_WRAPS),
    ("private_key", "PEM", pem_key, PLAIN),
    ("api_secret", "labelled", api_secret, SECRET_WRAPS),
    ("otpauth", "link", otpauth_link, LINK_WRAPS),
    ("otpauth", "Base32, labelled", base32_secret, BASE32_WRAPS),
    ("one_time_code", "six digits", code, CODE_WRAPS + LONG_CODE_WRAPS),
    ("one_time_code", "four or five digits", short_code, CODE_WRAPS[:9]),
    ("one_time_code", "bare name", code, BARE_CODE_WRAPS),
    ("one_time_code", "recovery", recovery_code, RECOVERY_WRAPS),
    ("card", "groups", card, CARD_WRAPS),
    ("card", "full width", wide_card, CARD_WRAPS),
    ("resident_id", "18 digits", resident_id, ID_WRAPS),
    ("iban", "with and without groups", iban, IBAN_WRAPS),
)


def other_samples(lot: Lot, each: int) -> Iterator[Sample]:
    for kind, form, make, wraps in MAKERS:
        for _ in range(each):
            yield within(lot.pick(wraps), make(lot), kind, "", form)
