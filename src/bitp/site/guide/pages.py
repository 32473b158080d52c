"""The guide's pages. The text of each lies beside this file, one HTML fragment a language."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from html import unescape
from pathlib import Path

from django.http import Http404
from django.utils.safestring import SafeString, mark_safe

FOLDER = Path(__file__).parent

_SHAPE = re.compile(r'<h1>(.+?)</h1>\s*<p class="lead">(.+?)</p>\s*(.+)', re.DOTALL)
_HEADING = re.compile(r'<h2 id="([a-z-]+)">(.+?)</h2>')
_TAG = re.compile(r"<[^>]+>")


@dataclass(frozen=True, slots=True)
class GuidePage:
    """A question of the guide. ``topics``: what its buttons open the chat on."""

    slug: str
    topics: tuple[str, ...]
    icon: str
    # Words people search by that the text itself may not use.
    keywords: str


@dataclass(frozen=True, slots=True)
class GuideText:
    """A page in one language. ``headings``: (anchor, words) in order; ``body``: our own HTML."""

    page: GuidePage
    title: str
    summary: str
    headings: tuple[tuple[str, str], ...]
    body: SafeString
    words: str


PAGES = (
    GuidePage(
        "locked-account",
        ("account",),
        "lock",
        "登录 登陆 登不上 密码 忘记 解锁 冻结 验证码"
        " sign in log in login password forgot unlock frozen",
    ),
    GuidePage(
        "trading-security",
        ("security",),
        "shield",
        "双重验证 二次验证 谷歌验证器 钓鱼 诈骗 被盗 盗号 假客服"
        " 2fa mfa phishing scam hacked stolen",
    ),
    GuidePage(
        "deposits-and-withdrawals",
        ("deposit", "withdrawal"),
        "transfer",
        "充币 提币 转账 没到 未到账 哈希 区块 hash txid memo tag missing pending stuck",
    ),
    GuidePage(
        "wrong-price",
        ("order",),
        "price",
        "报价 挂单 失误 错价 撤单 取消 申诉 乌龙指 mistake fat finger cancel appeal refund",
    ),
    GuidePage(
        "privacy",
        ("privacy",),
        "privacy",
        "隐私 泄露 身份证 删除 注销 数据 gdpr data delete erase leak personal",
    ),
    GuidePage(
        "talking-to-support",
        ("other",),
        "support",
        "人工 客服 联系 投诉 主管 效率 complaint supervisor contact human agent",
    ),
)
_BY_SLUG = {page.slug: page for page in PAGES}


def get_page(slug: str) -> GuidePage:
    """The page of that slug; raises Http404."""
    if slug not in _BY_SLUG:
        raise Http404
    return _BY_SLUG[slug]


@cache
def text_of(page: GuidePage, language: str) -> GuideText:
    """The page's text in one of our languages; raises ValueError if the file lacks its shape."""
    source = (FOLDER / language / f"{page.slug}.html").read_text(encoding="utf-8")
    shape = _SHAPE.fullmatch(source)
    if shape is None:
        raise ValueError(f"{language}/{page.slug}.html: expected a title, a lead and a body")
    title, summary, body = shape.groups()
    return GuideText(
        page=page,
        title=unescape(title),
        summary=unescape(summary),
        headings=tuple((anchor, unescape(words)) for anchor, words in _HEADING.findall(body)),
        body=mark_safe(body),  # noqa: S308 - a file of this package
        words=unescape(_TAG.sub(" ", body)),
    )


def texts(language: str) -> list[GuideText]:
    """All pages in one language, in the guide's order."""
    return [text_of(page, language) for page in PAGES]
