"""Two things that are heard in any message: a wish for a person, and an account taken over.

Each is one expression: what denies it is read first and swallowed, so that only what is meant
is left.
"""

from __future__ import annotations

import re

from bitp.policies.topics.features import fold

# Whoever asks for a person does so in a few lines; a pasted log is not searched for it.
CHARACTERS_MAX = 1_000

_PERSON = (
    r"(?:(?:real|live|actual|human|hu?man|support|customer|service|living|proper)\s+)*"
    r"(?:hum[ae]n|humna|hunam|person|people|persn|agents?|agnet|operator|operater|representative"
    r"|rep|someone|somebody|advis[eo]r|supervisor|manager|staff|employee|service|support)\b"
)
_REACH = (
    r"(?:speak|spea?k|talk|tlak|chat|connect(?:ed)?|transfer(?:red)?|switch|put\s+(?:me\s+)?through"
    r"|forward(?:ed)?|pass(?:ed)?|escalate|get)"
)
_WANTS = re.compile(
    # Denied, or not a wish at all.
    r"不(?:用|要|需要|想要?|必)[^,.!?;，。！？；\s]{0,4}(?:转|找|接)?(?:人工|真人|客服|活人)"
    r"|(?:别|勿|无需|无须|没必要|取消)[^,.!?;，。！？；\s]{0,4}(?:人工|真人|客服|活人)"
    r"|人工(?:智能|审核|费|成本|智障)"
    r"|(?:冒充|假冒|假|自称|骗子)[^,.!?;，。！？；\s]{0,6}(?:人工|真人|客服)"
    r"|真人(?:认证|验证|识别|核验)"
    r"|\b(?:no\s+need|don'?t|dont|do\s+not|needn'?t|need\s+not|not\s+necessary|without|rather\s+not"
    r"|no\s+longer)\b(?:\s+(?:want|need|like|wish|have|connect|transfer|get|call|talk|speak|chat"
    r"|require|bother|for|to|with|me|us|an?|the|any|your|please)){0,7}\s+"
    + _PERSON
    + r"|\b(?:spoke|talked|chatted)\s+(?:to|with)\s+(?:an?\s+|the\s+|your\s+)?"
    + _PERSON
    +
    # Wished for.
    r"|(?P<yes>"
    r"(?:转|传|專|轉|接|找|要|叫|换|请|来|给我)[^,.!?;，。！？；\s]{0,3}(?:人工|真人|活人)"
    r"|有(?:没有)?(?:人工|真人|活人)"
    r"|(?:转|轉|接|找|叫|换)[^,.!?;，。！？；\s]{0,3}客服"
    r"|(?:人工|真人|仁工|人功|人公)(?:客服|服务|坐席|座席|接听|回复|帮|处理|$)|^\W*(?:转人|人工|真人|仁工)\W*$"
    r"|转(?:仁工|人功|人公|人共)|zhuan\s*ren\s*gong|ren\s*gong\s*ke\s*fu"
    r"|(?:和|跟|与)(?:一个|个|)?(?:真人|人|客服|活人)(?:说|聊|谈|讲|沟通|对话)"
    r"|(?:我要|我想|想)投诉[^,.!?;，。！？；\s]{0,4}(?:机器人|人工)|不(?:要|想)(?:跟|和)?机器人"
    r"|\b"
    + _REACH
    + r"\b(?:\s+(?:me|us))?(?:\s+(?:to|with|from|through|into|hold|of|a|an|the|some|your|one))*\s+"
    + _PERSON
    + r"|\b(?:want|need|give\s+me|get\s+me|like|prefer|demand|request|require|bring|call)\s+"
    r"(?:(?:to\s+have|a|an|the|some|one|your)\s+)*(?:real\s+|live\s+|actual\s+)*"
    r"(?:hum[ae]n|humna|hunam|person|agent|agnet|operator|representative|supervisor|manager)\b"
    r"|^\W*(?:(?:a|an|real|live|the)\s+)*(?:hum[ae]n|humna|person|agent|agnet|operator|representative)"
    r"(?:\s+(?:being|please|pls|plz|now|agent|support))*\W*$"
    r"|\b(?:real|live|actual)\s+(?:hum[ae]n|person|agent|people)\b"
    r"|\b(?:not|no)\s+(?:to\s+)?(?:a\s+|with\s+a\s+)?(?:bot|robot|machine)s?\b"
    r"|\b(?:is|are)\s+(?:there|you)\s+(?:an?\s+)?(?:real\s+|actual\s+|live\s+)*(?:hum[ae]n|person)\b"
    r")",
)

_TAKEN = re.compile(
    # A question about staying safe, or a denial, is no emergency.
    r"(?:如何|怎么|怎样|防止|避免|以免|担心|怕|万一|如果|会不会|预防)[^,.!?;，。！？；\s]{0,8}"
    r"(?:被盗|被黑|被骗|被钓鱼|盗号|被偷)"
    r"|(?:没有?|并未|未)(?:被|遭)[^,.!?;，。！？；\s]{0,2}(?:盗|黑|骗|偷)"
    r"|\b(?:can|could|how\s+to|avoid|prevent|against|if|afraid|worried|fear|before|protect|not|never"
    r"|wasn't|isn't|haven't|hasn't|be(?:ing)?|get(?:ting)?)\b"
    r"(?:\s+(?:of|from|about|my|an?|the|to|be(?:en|ing)?|get(?:ting)?|i|it|they|account|is|was|were)){0,5}\s+"
    r"(?:hacked|phished|scammed|stolen|compromised|hackers?|phishing)"
    r"|(?P<yes>"
    r"被(?:人|别人|黑客|骗子|他人)?(?:盗(?!版)|黑(?!名单|屏)|偷|骗|入侵|钓鱼|诈骗)"
    r"|盗(?:号|刷|币)了|被(?:人|别人|黑客)?(?:转走|提走|划走|登录|登陆|改了?密码)"
    r"|(?:不是|非)(?:我|本人)(?:自己|本人)?(?:操作|登录|登陆|提|转|做|改|干)"
    r"|我(?:没|没有|从没|并没有)(?:操作|登录|登陆|提(?:现|币)|转(?:账|出))(?:过|$|[^,，]{0,4}(?:币|钱)没)"
    r"|(?:有人|别人|黑客|骗子|陌生人)[^,.!?;，。！？；\s]{0,6}"
    r"(?:登录|登陆|进了?|进入|转走|提走|盗|控制|动)了?我"
    r"|(?:有人|黑客|骗子)[^,.!?;，。！？；\s]{0,4}(?:转|提|偷)[^,.!?;，。！？；\s]{0,3}我的?(?:钱|币|资产)"
    r"|(?:验证码|密码|助记词|私钥|短信码)[^,.!?;，。！？；]{0,6}(?:告诉|给了|发给|骗走|泄露给|给骗)"
    r"|(?:点了?|打开了?|进了?)[^,.!?;，。！？；\s]{0,4}(?:钓鱼|假网站|假链接)"
    r"|\b(?:hack(?:e)?d|hakced|haked|phished|scammed|sim.?swapp?ed|compromised)\b"
    r"|\b(?:account|wallet|coins?|funds?|money|crypto|btc|bitcoins?|usdt|balance|phone)\b"
    r"(?:\s+(?:was|were|is|are|has|have|been|got|being|all|just)){1,3}\s+"
    r"(?:stolen|taken\s+over|hijacked|drained|emptied|breached)"
    r"|\b(?:some\s?one|some\s?body|hackers?|thief|thieves|stranger|scammers?|they|he)\b"
    r"(?:\s+(?:else|has|have|is|just|had|from|in|who)){0,3}\s+"
    r"(?:withdrew|withdrawing|stole|stealing|drained|emptied|hijacked|broke\s+into|got\s+into|took\s+over"
    r"|logged\s+in(?:to)?|signed\s+in(?:to)?)\b"
    r"|\b(?:some\s?one|some\s?body|hackers?|thief|thieves|stranger|scammers?)\b"
    r"(?:\s+(?:else|has|have|just|had)){0,2}\s+(?:accessed|entered|changed|moved|transferred)\s+"
    r"(?:(?:all|my|everything|of)\b\s*){1,3}"
    r"|\bun-?authori[sz]ed\s+(?:withdrawal|access|transaction|login|transfer|trade|activity)"
    r"|\b(?:was\s*n[o']?t|is\s*n[o']?t|wasnt|not)\s+(?:me|by\s+me|done\s+by\s+me)\b"
    r"|\bi\s+(?:did\s*n[o']?t|did\s+not|never|didnt)\s+"
    r"(?:make|authori[sz]e|approve|request|do|ordered|made|authori[sz]ed)\b(?:\s+[a-z]+){0,2}\s+"
    r"(?:withdrawals?|transactions?|transfers?|login|payment)"
    r"|\b(?:gave|told|sent|shared|typed|entered)\b(?:\s+[a-z']+){0,4}\s+"
    r"(?:password|codes?|seed\s+phrase|private\s+key|otp)\b(?:\s+[a-z']+){0,2}\s+"
    r"(?:to|with|on|into)\s+(?:a\s+|an\s+|some\s+|the\s+)?"
    r"(?:some(?:one|body)|caller|scammers?|stranger|man|guy|fake|phishing|person)"
    r")",
)


def wants_human(text: str) -> bool:
    """Whether somebody asks for a person, in any of our languages; not when they decline one."""
    return any(found["yes"] for found in _WANTS.finditer(fold(text, CHARACTERS_MAX)))


def tells_takeover(text: str) -> bool:
    """Whether somebody says that their account or money is in other hands."""
    return any(found["yes"] for found in _TAKEN.finditer(fold(text, CHARACTERS_MAX)))
