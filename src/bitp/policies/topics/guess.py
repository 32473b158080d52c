"""What a first message is about: rules where the wording leaves no doubt, else the model."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bitp.policies.topics.features import fold
from bitp.policies.topics.model import scores
from bitp.policies.topics.signs import tells_takeover

OTHER = "other"
RULES, MODEL = "rules", "model"
# Less certain than this is a coin toss: "other" sends nobody to the wrong queue.
CERTAIN_PERCENT = 40
# A rule has no probability: it fires where hardly anything else can be meant.
RULE_PERCENT = 95

_RULES = (
    (
        "privacy",
        re.compile(
            r"\bgdpr\b|right to be forgotten|\bunsubscribe\b|data protection officer"
            r"|删除我的(?:所有|全部)?(?:个人)?(?:信息|数据|资料)|被遗忘|隐私(?:政策|协议)|退订"
        ),
    ),
    (
        "technical",
        re.compile(r"\bwebsocket\b|\b(?:http|error|错误|报错)\s*50[0-4]\b|闪退|白屏|宕机"),
    ),
    (
        "order",
        re.compile(r"\bslippage\b|\bliquidated\b|滑点|强平|爆仓|限价单|市价单|撤单|止损|止盈"),
    ),
)


@dataclass(frozen=True, slots=True)
class Guess:
    """topic: one of the eight; by: rules or model; certainty: percent, 0 to 100."""

    topic: str
    by: str
    certainty: int


def guess(text: str) -> Guess:
    """The topic of a first message; "other" when it is not certain enough to send it anywhere."""
    if tells_takeover(text):
        return Guess("security", RULES, RULE_PERCENT)
    folded = fold(text)
    for topic, pattern in _RULES:
        if pattern.search(folded):
            return Guess(topic, RULES, RULE_PERCENT)
    found = scores(text)
    topic = max(found, key=lambda each: found[each])
    percent = round(100 * found[topic])
    return Guess(topic if percent >= CERTAIN_PERCENT else OTHER, MODEL, percent)
