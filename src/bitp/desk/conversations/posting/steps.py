"""The chain every message passes before anything of it is stored: small, named, in order."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable
from functools import cache

from django.conf import settings

from bitp.desk.conversations.posting.post import Post, Prepared
from bitp.lib.canonical import new_salt
from bitp.policies.secrets import redact
from bitp.policies.topics import tells_takeover, wants_human

# Longer texts are refused with a sentence; the same limit as the live protocol's.
TEXT_CHARACTERS_MAX = 8_000

# NUL breaks databases; the others are invisible and only serve to deceive or to break lines.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@cache
def _key(purpose: str) -> bytes:
    return hashlib.sha256(f"bitp:{purpose}:{settings.SECRET_KEY}".encode()).digest()


def refuse_too_long(item: Prepared) -> Prepared:
    """Refuses what is longer than the limit."""
    if len(item.text) > TEXT_CHARACTERS_MAX:
        item.refusal = "too_long"
    return item


def drop_controls(item: Prepared) -> Prepared:
    """Removes control characters and trailing space; line breaks become \\n."""
    text = item.text
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    item.text = _CONTROLS.sub("", text).rstrip()
    return item


def refuse_unstorable(item: Prepared) -> Prepared:
    """Refuses lone surrogates, which no database encodes."""
    try:
        item.text.encode()
    except UnicodeEncodeError:
        item.refusal = "blocked_text"
    return item


def refuse_empty(item: Prepared) -> Prepared:
    """Refuses a text without anything to read."""
    if item.post.kind == "text" and not item.text.strip():
        item.refusal = "empty"
    return item


def refuse_too_many_files(item: Prepared) -> Prepared:
    """Refuses more files than a message may carry."""
    if len(item.post.attachments) > settings.ATTACHMENTS_PER_MESSAGE:
        item.refusal = "too_many_files"
    return item


def remember_sent(item: Prepared) -> Prepared:
    """A keyed digest of the text and files as sent tells a repeated send from another."""
    files = f"{','.join(item.post.attachments)}:" if item.post.attachments else ""
    sent = f"{files}{item.post.is_note}:{item.post.text}".encode(errors="surrogatepass")
    item.sent_digest = hmac.new(_key("sent"), sent, hashlib.sha256).hexdigest()[:32]
    return item


def redact_secrets(item: Prepared) -> Prepared:
    """Masks seed phrases, keys, codes, cards and the like: first of all that is kept."""
    redacted = redact(item.text, key=_key("fingerprint"))
    if redacted.findings:
        item.text = redacted.text
        item.findings = tuple((f.kind, f.length, f.fingerprint) for f in redacted.findings)
    return item


def listen(item: Prepared) -> Prepared:
    """Hears whether a contact asks for a person, or tells of an account in other hands."""
    if item.post.author_kind == "contact":
        item.wants_human = wants_human(item.text)
        item.tells_takeover = tells_takeover(item.text)
    return item


STEPS: tuple[Callable[[Prepared], Prepared], ...] = (
    refuse_too_long,
    drop_controls,
    refuse_unstorable,
    refuse_empty,
    refuse_too_many_files,
    redact_secrets,
    listen,
    remember_sent,
)


def prepare(post: Post) -> Prepared:
    """The post after all steps; the first refusal ends the chain."""
    item = Prepared(post, post.text, salt=new_salt())
    for step in STEPS:
        item = step(item)
        if item.refusal:
            return item
    return item
