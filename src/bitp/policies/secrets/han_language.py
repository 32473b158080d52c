"""What everyday Chinese looks like, so that a sentence is told from a seed phrase.

The Chinese lists hold the 2,048 most frequent characters, nearly all that people write with; what
gives a phrase away is that its characters have nothing to do with each other. Both lists are
sorted by frequency, so a character's number says how common it is.
"""

from __future__ import annotations

from itertools import pairwise

from bitp.policies.secrets.word_lists import CHINESE, read_everyday, read_words

WEIGHT_STEPS = (
    (8, -34),
    (24, -27),
    (64, -21),
    (128, -17),
    (256, -11),
    (400, -6),
    (600, -2),
    (900, 3),
    (1300, 9),
    (1700, 15),
    (2048, 20),
)
"""Number in the list below → how far one character speaks for a random phrase (positive) or for
prose (negative), in tenths of a natural logarithm of the ratio of both likelihoods."""

CHAT_WEIGHT = -16
"""Characters that conversations about accounts and money use far more often than books do."""

EXCERPT_CHARACTERS = 64
"""How much of a list's beginning people type as an example."""

NAME_WEIGHT = -4
"""Characters that write foreign names by their sound."""

OFF_LIST_WEIGHT = -45
"""A character on no list: prose, or one slip in a phrase."""

ORDER_WEIGHT = 30
"""Two characters in the order of a list: an excerpt, as people type to try us."""

WORD_WEIGHT = -60
"""Two characters that make a word, or the same twice, as in laughter: one in 1,500 random pairs,
every third pair of prose."""

_CHAT = (
    "请问您好吗呢吧呀啊哦嗯谢麻烦帮忙客服人工提现充值到账帐户号密码验证登录绑定解锁冻结审核币"
    "钱包转汇款付收交易订单买卖价格限市挂撤成网络链地址确认手续费机邮箱短信注册身份实名冲被骗"
    "诈盗风险控安全隐私删除改换修升级版本下载装打开关闭点击按钮页面显示错误失败退出刷新卡顿慢"
    "快急等待多久时候分钟小天昨今明早晚周月年截图上传填写资料息联系回复消聊记查询处理决题怎么"
    "办什为哪里还没已经可以不能需要应该知道告诉发送接输入忘丢找重置设选择余额产合约杠杆货财利"
    "奖励活动优惠邀朋友推荐投举报申赔偿银行支宝微扫二维元万千百十片文件谷歌器官方真假冒钓鱼陌"
    "生助词钥备泄露"
)

_NAMES = (
    "斯尔克拉洛德波布里马罗加巴尼亚特森达库卢维科贝纳夫伦塔诺兰哈萨乌吉赫勒阿桑韦奇莫鲁托姆茨蒂埃"
)

_REPEATED = "哈呵嘿嘻啦呜哭笑赞顶拜牛看听说走跑天年人家个件条处常往渐慢轻静悄"


def _weight(number: int) -> int:
    return next(weight for below, weight in WEIGHT_STEPS if number < below)


_SIMPLIFIED, _TRADITIONAL = map(read_words, CHINESE)
_TO_TRADITIONAL = str.maketrans(dict(zip(_SIMPLIFIED, _TRADITIONAL, strict=True)))

CHARACTER_NUMBERS = tuple(
    {character: number for number, character in enumerate(words)}
    for words in (_SIMPLIFIED, _TRADITIONAL)
)
"""For the simplified and the traditional list: character → number, 0 to 2047."""


def _in_both_scripts(text: str) -> str:
    """Both lists have the same order, so one gives the other's character."""
    return text + " " + text.translate(_TO_TRADITIONAL)


def _read_weights() -> dict[str, int]:
    weights = {c: _weight(n) for numbers in CHARACTER_NUMBERS for c, n in numbers.items()}
    for characters, weight in ((_NAMES, NAME_WEIGHT), (_CHAT, CHAT_WEIGHT)):
        for character in _in_both_scripts(characters):
            if character in weights:
                weights[character] = min(weight, weights[character])
    return weights


def _read_pair_weights() -> dict[str, int]:
    words = read_everyday("chinese")
    weights = dict.fromkeys(_in_both_scripts(" ".join(words)).split(), WORD_WEIGHT)
    weights |= {character * 2: WORD_WEIGHT for character in _in_both_scripts(_REPEATED + _CHAT)}
    for excerpt in (_SIMPLIFIED, _TRADITIONAL):
        weights |= {a + b: ORDER_WEIGHT for a, b in pairwise(excerpt[:EXCERPT_CHARACTERS])}
    return weights


WEIGHTS = _read_weights()
PAIR_WEIGHTS = _read_pair_weights()

RARE = "".join(sorted(character for character, weight in WEIGHTS.items() if weight > 0))
"""Characters that speak for a phrase; a random phrase of twelve has about seven of them."""
