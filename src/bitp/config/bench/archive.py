"""Years of messages for a benchmark: written in bulk, as posting stores them, in both languages."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db import transaction

from bitp.desk.contacts.models import Contact
from bitp.desk.conversations.models import STATUSES, TOPICS, Conversation
from bitp.desk.conversations.posting.post import Post, Prepared, Target
from bitp.desk.conversations.posting.rows import insert_messages
from bitp.desk.search.index import Entry, add_to_index
from bitp.desk.search.tokens import tokens_of
from bitp.lib.clock import now_us
from bitp.lib.ids import new_reference

# As many as the gateway puts into one transaction under full load.
LOT = 200
MESSAGES_PER_CONVERSATION = 8
CONVERSATIONS_PER_CONTACT = 4
# Times are spread over as long.
SPAN_US = 730 * 24 * 3600 * 1_000_000
NOTES_SHARE, ENGLISH_SHARE = 0.05, 0.5

# Common words first: they are drawn as often as words of a language are.
_ENGLISH = """
the my is a deposit to withdrawal not please i in order missing account and check yesterday price
network confirmations arrived locked transaction wrong balance code email support you fee limit sold
bought market verify identity passport phone upload failed error page thanks waiting hours address
wallet screenshot document session browser device colleague review hold
"""
_CHINESE = """
您好 我的 充值 还没有 到账 提现 请 昨天 交易 帮忙 查一下 账户 链上 已经 确认 没有 订单 价格 为什么
验证码 收不到 锁定 手续费 太高 钱包 地址 身份证 上传 失败 页面 打不开 谢谢 麻烦 客服 人工 多久 可以
处理 网络 隐私 数据 删除 今天 晚上 市价 卖出 成交 余额 冻结 审核 工单 浏览器 手机 邮箱 异地 登录
"""
_NAMES = "Alice Bob Carla Dmitri Elena Farid Grace 王伟 李娜 张敏 陈晓 刘洋 赵磊 周婷"
ENGLISH, CHINESE, NAMES = _ENGLISH.split(), _CHINESE.split(), _NAMES.split()


@dataclass(slots=True)
class Written:
    """Seconds that the transactions of a stretch of messages took, and how many messages."""

    messages: int = 0
    seconds: float = 0.0
    tokens_s: float = 0.0

    def us_each(self) -> float:
        """Microseconds for one message."""
        return self.seconds / max(1, self.messages) * 1e6


@dataclass(slots=True)
class Archive:
    """The messages on their way into the database."""

    count: int
    inbox: int
    agent: int
    chance: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311 - the same each time
    targets: list[Target] = field(default_factory=list)
    began_us: int = 0

    def make_people(self) -> None:
        """Contacts and their conversations."""
        conversations = self.count // MESSAGES_PER_CONVERSATION
        contacts = Contact.objects.bulk_create(
            [
                Contact(reference=f"bench-{n}", name=f"{self.chance.choice(NAMES)} {n}")
                for n in range(conversations // CONVERSATIONS_PER_CONTACT)
            ],
            batch_size=1_000,
        )
        self.began_us = now_us() - SPAN_US
        rows = [self._conversation(self.chance.choice(contacts)) for _ in range(conversations)]
        Conversation.objects.bulk_create(rows, batch_size=500)
        self.targets = [_target(row) for row in rows]

    def _conversation(self, contact: Contact) -> Conversation:
        chance = self.chance
        return Conversation(
            reference=new_reference(),
            contact=contact,
            inbox_id=self.inbox,
            topic=chance.choice(TOPICS),
            status=chance.choice(STATUSES),
            assignee_id=self.agent if chance.random() < 0.001 else None,
            created_us=self.began_us,
            last_us=self.began_us + chance.randrange(SPAN_US),
        )

    def write(self, first: int, end: int, *, indexed: bool) -> Written:
        """Messages first to end, a lot to a transaction, with or without the index."""
        written = Written()
        for start in range(first, end, LOT):
            lot = [self._message(number) for number in range(start, min(start + LOT, end))]
            began = time.perf_counter()
            words = [tokens_of(item.text) for _, _, item in lot] if indexed else []
            written.tokens_s += time.perf_counter() - began
            with transaction.atomic():
                ids = insert_messages(lot)
                if indexed:
                    add_to_index([_entry(*each) for each in zip(lot, ids, words, strict=True)])
            written.seconds += time.perf_counter() - began
            written.messages += len(lot)
        return written

    def _message(self, number: int) -> tuple[Target, int, Prepared]:
        target = self.targets[self.chance.randrange(len(self.targets))]
        target.last_number += 1
        text = self.text(number)
        post = Post(
            author_kind="contact",
            author=target.contact,
            external_id=f"bench:{number}",
            text=text,
            received_us=self.began_us + SPAN_US * number // self.count,
            is_note=self.chance.random() < NOTES_SHARE,
        )
        return target, target.last_number, Prepared(post, text, "0" * 32, salt="0" * 32)

    def text(self, number: int) -> str:
        """About a hundred characters of one language, every eighth with an id of its own."""
        chance = self.chance
        if chance.random() < ENGLISH_SHARE:
            text = " ".join(self._words(ENGLISH, chance.randrange(5, 30)))
        else:
            words = list(self._words(CHINESE, chance.randrange(6, 40)))
            text = "".join(words[:9]) + "，" + "".join(words[9:]) + "。"
        return f"{text} {id_of(number)}" if number % 8 == 0 else text

    def _words(self, of: list[str], count: int) -> Iterator[str]:
        for _ in range(count):
            yield of[min(len(of) - 1, int(self.chance.expovariate(3 / len(of))))]


def id_of(number: int) -> str:
    """A transaction id that only this message names."""
    return f"0x{number * 0x9E3779B97F4A7C15 % 2**128:032x}"


def _target(row: Conversation) -> Target:
    return Target(
        pk=row.pk,
        reference=row.reference,
        contact=row.contact_id,
        inbox=row.inbox_id,
        thread="",
        status=row.status,
        assignee=None,
        last_number=0,
        last_contact_number=0,
        last_agent_number=0,
        waiting_since_us=0,
        level=0,
        last_us=0,
        topic=row.topic,
        language="en",
    )


def _entry(row: tuple[Target, int, Prepared], pk: int, words: str) -> Entry:
    target, number, item = row
    post = item.post
    return Entry(pk, target.pk, target.reference, number, post.is_note, post.received_us, words)
