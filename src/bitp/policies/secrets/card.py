"""Card numbers: 13 to 19 digits, a right check digit (Luhn), a range that issuers use."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bitp.policies.secrets.finding import Found, Grade, Kind, Message
from bitp.policies.secrets.surroundings import before

ISSUED = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})"  # Visa
    r"|(?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}"  # Mastercard
    r"|3[47]\d{13}"  # American Express
    r"|3(?:0[0-5]|[689]\d)\d{11,13}"  # Diners Club
    r"|35(?:2[89]|[3-8]\d)\d{12,15}"  # JCB
    r"|6(?:011|4[4-9]\d|5\d\d)\d{12,15}"  # Discover
    r"|62\d{14,17}"  # UnionPay
    r"|220[0-4]\d{12,15}"  # Mir
)

# Together, or in the groups printed on cards.
_WRITTEN = re.compile(
    r"[0-9](?<![0-9a-z.].)"
    r"(?:[0-9]{12,18}|[0-9]{3}(?:[ -][0-9]{4}){3}(?:[ -][0-9]{1,3})?"
    r"|[0-9]{3}[ -][0-9]{6}[ -][0-9]{4,5})"
    r"(?![0-9a-z])"
)
_CARD_WORDS = re.compile(r"(?<!id )(?<!identity )card|visa|master|amex|unionpay|卡|银联|銀聯")
_OTHER_NUMBERS = re.compile(
    r"order|trade|ticket|case|promo|voucher|tracking|reference|(?<![a-z])(?:uid|id|no|ref|memo|tag)(?![a-z])"
    r"|订单|訂單|单号|單號|编号|編號|流水|工单|交易号|运单|快递"
)


def find_cards(message: Message) -> Iterator[Found]:
    for match in _WRITTEN.finditer(message.lower):
        digits = "".join(filter(str.isdigit, match[0]))
        if _is_right(digits) and _is_card(digits, before(message.lower, match.start())):
            length = len(digits)
            yield Found(Kind.CARD, match.start(), match.end(), length, Grade.CHECKSUM_OK, digits)


def _is_card(digits: str, ahead: str) -> bool:
    """Named as a card, or in an issuer's range and not named as something else."""
    if _CARD_WORDS.search(ahead):
        return True
    return ISSUED.fullmatch(digits) is not None and not _OTHER_NUMBERS.search(ahead)


def _is_right(digits: str) -> bool:
    """The Luhn sum: every second digit from the right counts double, its digits added."""
    total = sum(int(digit) for digit in digits[-1::-2])
    total += sum(sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return total % 10 == 0 and digits.strip("0") != ""
