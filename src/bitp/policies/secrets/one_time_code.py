"""One-time codes: digits that the words beside them call a code; recovery codes likewise."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bitp.policies.secrets.finding import Found, Grade, Kind, Message

BEFORE_CHARS = 64
AFTER_CHARS = 48
"""A code stands in the clause that names it."""

RECOVERY_LIST_CHARS_MAX = 400
"""A list of sixteen recovery codes, one a line."""

LONG_CODE_DIGITS = 6
"""Shorter numbers are often amounts or years, and need their name right ahead."""

BETWEEN_CHARS_MAX = 36
"""Between a name and a long code: «… code that I just got is …»."""

_NUMBER = re.compile(
    r"[0-9](?<![0-9a-z.,:/#$¥€].)(?:[0-9]{2}[ -][0-9]{3}|[0-9]{3}[ -][0-9]{4}|[0-9]{3,7})"
    r"(?![0-9a-fh-z]|[.,:/ -][0-9]|\s?(?:usd|btc|eth|cny|rmb|%|％|秒|分|小时|天|日|月|元|块|次|个"
    r"|人|号|年|位|sec|min|hour|times|day|u(?![a-z])))"
)
_NAME = re.compile(
    r"(?:verif\w{0,9}|security|auth\w{0,11}|confirm\w{0,7}|log-?in|sign-?in|access|one[- ]time"
    r"|sms|text|e-?mail|2fa|mfa|otp|totp|google|digits?|backup|recovery) ?(?:pass)?codes?"
    r"|(?<![a-z])(?:otp|2fa|mfa|totp)(?![a-z])|passcode|one[- ]time (?:password|pin)"
    r"|(?:my|the|your|this|new) code|code(?= is|:|：| =|=)"
    r"|验证码|驗證碼|校验码|校驗碼|动态码|動態碼|动态密码|动态口令|短信码|确认码|安全码|登录码|谷歌码|认证码"
    r"|验证器代码|一次性密码|恢复码|恢復碼|备用码|備用碼|备份码|備份碼"
)
_BARE_NAME = re.compile(r"(?<![a-z])code $")
"""Enough right ahead of a long number, unless the clause speaks of an error or of another code."""

_ERROR = re.compile(
    r"error|fail|crash|bug|status|return|reject|page|(?:get|gives?|shows?|see|says) code"
    r"|错误|報錯|报错|出错|失败|失敗|提示|代码|代碼"
)
_IN_NAMES = ("code", "码", "碼", "otp", "fa", "动态", "一次", "代", "pin")
"""Cheap: one of them stands in every name."""

_OTHER_CODE = re.compile(
    r"(?:error|status|zip|post(?:al)?|country|area|dial(?:ing)?|promo\w*|refer\w*|invit\w*|coupon"
    r"|voucher|discount|gift"
    r"|order|qr|bar|source|http|response|swift|bank|sort|tracking|product|currency)[ -]?$"
)
_LINK = re.compile(r"[\s:：=,，\-—(（【\[“\"'「]*(?:is|was|are|是|为|為)?[\s:：=“\"'(（【「]*")
_OTHER_NUMBER = re.compile(
    r"收不到|没收|沒收|没有|尾号|手机|手機|电话|電話|订单|訂單|单号|单號|金额|号码|编号|等了|失败|错误|\.|。"
    r"|phone|order|ending|error|ticket|account|uid|wait|after|within|amount|(?<![a-z])id(?![a-z])|[0-9]"
)
_NAMED_BEHIND = re.compile(
    r"['\"”」】)）]?[\s,，]?(?:is|was|it's|是|为|這是|这是|[(（])\s?(?:[a-z]{1,16}\s){0,3}"
    r"(?:我的|我|你的|您的|刚收到的|收到的|短信|邮箱|手机|谷歌|\s){0,4}"
    rf"(?:{_NAME.pattern}|code)"
)
_RECOVERY = re.compile(r"(?:recovery|backup) ?codes?|恢复码|恢復碼|备用码|備用碼|备份码|備份碼")
_GROUPS = re.compile(
    r"(?<![0-9a-z-])(?:[0-9a-z]{4,6}(?:-[0-9a-z]{4,6}){1,5}|[0-9a-f]{8,10})(?![0-9a-z-])"
)
_WORDS_BETWEEN = re.compile(r"(?!are|如下)[^\W\d_]{3}")


def find_one_time_codes(message: Message) -> Iterator[Found]:
    lower = message.lower
    if not _may_name(lower):
        return
    for match in _NUMBER.finditer(lower):
        digits = re.sub("[ -]", "", match[0])
        ahead = lower[max(0, match.start() - BEFORE_CHARS) : match.start()]
        if ahead.endswith("-") and not ahead.endswith("g-"):
            continue
        ahead = ahead.removesuffix("g-")
        behind = lower[match.end() : match.end() + AFTER_CHARS]
        is_long = len(digits) >= LONG_CODE_DIGITS
        if _is_named_ahead(ahead, is_long) or (is_long and _is_named_behind(behind)):
            yield _code(match.start(), match.end(), digits)


def _may_name(lower: str) -> bool:
    return any(map(lower.__contains__, _IN_NAMES))


def _is_named_behind(behind: str) -> bool:
    return _may_name(behind) and _NAMED_BEHIND.match(behind) is not None


def _is_named_ahead(ahead: str, is_long: bool) -> bool:
    if not _may_name(ahead):
        return False
    names = list(_NAME.finditer(ahead))
    bare = _BARE_NAME.search(ahead) if is_long else None
    if bare and not _OTHER_CODE.search(ahead[: bare.start()]) and not _ERROR.search(ahead):
        return True
    if not names or _OTHER_CODE.search(ahead[: names[-1].start()]):
        return False
    between = ahead[names[-1].end() :]
    if _LINK.fullmatch(between):
        return True
    return is_long and len(between) <= BETWEEN_CHARS_MAX and not _OTHER_NUMBER.search(between)


def find_recovery_codes(message: Message) -> Iterator[Found]:
    """All codes of a list, as long as no word stands between them."""
    lower = message.lower
    for name in _RECOVERY.finditer(lower):
        named_until = name.end()
        for match in _GROUPS.finditer(lower, named_until, named_until + RECOVERY_LIST_CHARS_MAX):
            if not _follows(lower, named_until, match.start()):
                break
            named_until = match.end()
            if any(character.isdigit() for character in match[0]):
                yield _code(match.start(), match.end(), match[0])


def _follows(lower: str, named_until: int, start: int) -> bool:
    gap = start - named_until
    return gap <= BEFORE_CHARS and not _WORDS_BETWEEN.search(lower, named_until, start)


def _code(start: int, end: int, secret: str) -> Found:
    return Found(Kind.ONE_TIME_CODE, start, end, len(secret), Grade.LABELLED, secret)
