"""What the stand-in says: honest about being one, and to the point."""

from __future__ import annotations

from bitp.desk.conversations.models import Conversation

FIRST = {
    "zh-hans": {
        "account": "您好，我是演示里的替身客服 Robin。多次输错后的锁定会自动解除，第一次只需等 5 分钟；等不及的话，客服可以核实身份后帮您。页面上显示的提示原话是什么？",
        "security": "您好，我是演示里的替身客服 Robin。请先不要点击任何链接，也不要告诉任何人密码、验证码或助记词。您已经输入过什么吗？",
        "deposit": "您好，我是演示里的替身客服 Robin。请告诉我充值的网络、大约的时间和交易号，我来查这笔充值走到了哪一步。",
        "withdrawal": "您好，我是演示里的替身客服 Robin。提现分三步：我们审核、网络确认、对方入账。请告诉我提现的时间和金额。",
        "order": "您好，我是演示里的替身客服 Robin。还没有成交的订单可以撤销，请告诉我市场、方向和价格；如果已经成交，请告诉我订单号和成交时间。",
        "other": "您好，我是演示里的替身客服 Robin，控制台现在无人值守。请把情况告诉我，我会像真人那样回答，好让您看到对话的两边。",
    },
    "en": {
        "account": "Hello, I am Robin, a stand-in of this demo. A lock after failed tries ends by itself, the first one after 5 minutes; if that is too long, a person can check who you are and help. What does the page say exactly?",
        "security": "Hello, I am Robin, a stand-in of this demo. Please open no link, and give nobody a password, code or seed phrase. Did you type anything in already?",
        "deposit": "Hello, I am Robin, a stand-in of this demo. Tell me the network, about when it was, and the transaction id, and I will look where it stands.",
        "withdrawal": "Hello, I am Robin, a stand-in of this demo. A withdrawal has three steps: our review, the network, the receiving side. When was it, and how much?",
        "order": "Hello, I am Robin, a stand-in of this demo. An order that is not filled can still be cancelled: tell me the market, the side and the price. If it was filled, tell me its number and the time.",
        "other": "Hello, I am Robin, a stand-in of this demo: nobody is at the console right now. Tell me what happened, and I answer as a person would, so that you see both sides.",
    },
}
NEXT = {
    "zh-hans": (
        "好的，已记下。请稍等，我核对一下。",
        "已核对。想看客服这一边的话，请打开 /demo，以 Carol 或林静的身份进入控制台，这段对话就在列表里。",
        "我还在。真人客服坐到控制台前，就会接手。",
    ),
    "en": (
        "Thank you, I have noted that. One moment, I am checking.",
        "Checked. To see the agent's side, open /demo and enter the console as Carol or 林静: this conversation is in the list.",
        "I am still here. As soon as a person sits down at the console, they take over.",
    ),
}


def line_for(conversation: Conversation, said: int) -> str:
    """The stand-in's next line in the conversation's language, after ``said`` lines."""
    language = conversation.language if conversation.language in FIRST else "en"
    if said == 0:
        lines = FIRST[language]
        return lines.get(conversation.topic, lines["other"])
    return NEXT[language][min(said, len(NEXT[language])) - 1]
