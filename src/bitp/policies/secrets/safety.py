"""What a customer reads at once when a seed phrase or a private key was found in a message.

And the names of the kinds, for the words a screen puts in place of a mask.
"""

from __future__ import annotations

from bitp.policies.secrets.finding import Kind

SAFETY_REPLY = {
    "zh-hans": (
        "您的消息里有疑似助记词或私钥的内容，我们在保存之前已将它移除，没有人看到。"
        "但它已经离开您的设备：拿到它的人可以转走该钱包里的全部资产，而且无法追回。"
        "请您立即在信得过的设备上新建钱包，并把资产全部转过去。"
        "无论什么情况，BitP 都不会向您索要助记词、私钥、密码或验证码。"
    ),
    "en": (
        "Your message held what looks like a seed phrase or a private key. We removed it "
        "before it was stored: nobody here could read it. "
        "But it has left your device: whoever has it can take everything in that wallet, and "
        "nobody can reverse that. "
        "Please create a new wallet on a device you trust now, and move all funds to it. "
        "Nobody at BitP ever asks for a seed phrase, a private key, a password or a code."
    ),
}
"""By language code; one paragraph. The widget's strings say the same."""

KIND_NAMES: dict[str, dict[Kind, str]] = {
    "zh-hans": {
        Kind.SEED_PHRASE: "助记词",
        Kind.PRIVATE_KEY: "私钥",
        Kind.OTPAUTH: "验证器密钥",
        Kind.API_SECRET: "API 密钥",
        Kind.ONE_TIME_CODE: "验证码",
        Kind.CARD: "银行卡号",
        Kind.RESIDENT_ID: "身份证号",
        Kind.IBAN: "银行账号",
    },
    "en": {
        Kind.SEED_PHRASE: "seed phrase",
        Kind.PRIVATE_KEY: "private key",
        Kind.OTPAUTH: "authenticator secret",
        Kind.API_SECRET: "API secret",
        Kind.ONE_TIME_CODE: "one-time code",
        Kind.CARD: "card number",
        Kind.RESIDENT_ID: "ID number",
        Kind.IBAN: "bank account",
    },
}
"""By language code. The strings of the widget and of the console say the same."""
