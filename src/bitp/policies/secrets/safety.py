"""What a customer reads at once when a seed phrase or a private key was found in a message.

And the names of the kinds, for the words a screen puts in place of a mask.
"""

from __future__ import annotations

from bitp.policies.secrets.finding import Kind

SAFETY_REPLY = {
    "zh-hans": (
        "您刚才发来的消息里有助记词或私钥。消息在保存和显示之前，我们已经把它去掉，客服人员看不到。\n"
        "不过，它已经离开了您的设备。拿到它的人可以转走钱包里的全部资产，而且无法撤回。"
        "请您现在就做两件事：\n"
        "1. 在信得过的设备上新建一个钱包，把新的助记词抄在纸上，不要截图，"
        "也不要存进聊天记录或网盘。\n"
        "2. 把原钱包里的资产全部转到新钱包，原来的钱包不要再用。\n"
        "无论遇到什么问题，BitP 都不会向您索要助记词、私钥、密码或验证码。"
        "凡是索要的，都不是我们的人。"
    ),
    "en": (
        "Your message contained a seed phrase or a private key. We took it out before the message "
        "was stored or shown, so our staff cannot see it.\n"
        "It has left your device, though. Whoever has it can take everything in that wallet, and "
        "nobody can reverse that. Please do two things now:\n"
        "1. On a device you trust, create a new wallet. Write its seed phrase on paper; take no "
        "screenshot, and keep it out of chats and cloud storage.\n"
        "2. Move all funds from the old wallet to the new one, and stop using the old one.\n"
        "Whatever the problem is, BitP never asks for a seed phrase, a private key, a password or "
        "a code. Anyone who asks is not one of us."
    ),
}
"""By language code. Plain text; line breaks separate the paragraphs."""

KIND_NAMES: dict[str, dict[Kind, str]] = {
    "zh-hans": {
        Kind.SEED_PHRASE: "助记词",
        Kind.PRIVATE_KEY: "私钥",
        Kind.OTPAUTH: "身份验证器密钥",
        Kind.API_SECRET: "API 密钥",
        Kind.ONE_TIME_CODE: "验证码",
        Kind.CARD: "银行卡号",
        Kind.RESIDENT_ID: "身份证号",
        Kind.IBAN: "银行账号（IBAN）",
    },
    "en": {
        Kind.SEED_PHRASE: "seed phrase",
        Kind.PRIVATE_KEY: "private key",
        Kind.OTPAUTH: "authenticator secret",
        Kind.API_SECRET: "API secret",
        Kind.ONE_TIME_CODE: "one-time code",
        Kind.CARD: "card number",
        Kind.RESIDENT_ID: "identity number",
        Kind.IBAN: "bank account number (IBAN)",
    },
}
"""By language code. A screen shows the mask of a seed phrase as «已移除助记词 · 12 个词» or
"seed phrase removed · 12 words", and every other as «已移除银行卡号» or "card number removed"."""
