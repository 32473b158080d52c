"""The words beside a possible secret, in both languages: what people call the thing they paste."""

from __future__ import annotations

import re

BEFORE_CHARS = 64
"""How far back a label can stand: a short sentence."""

AFTER_CHARS = 32
"""How far on a label can stand; people name a thing before they paste it."""

SEED_WORDS = re.compile(
    r"seed|mnemonic|phrase|recover|restor|backup|back[- ]up|bip[- ]?39"
    r"|(?:12|15|18|21|24)[- ]?words?|(?:twelve|twenty[- ]?four) words"
    r"|wallet words|secret words|metamask|trust ?wallet|ledger"
    r"|trezor|助记|助記|种子|種子|恢复词|恢復詞|密语|密語|单词|單詞|词组|詞組|备份|備份|私钥|私鑰"
    r"|钱包|錢包|(?:12|15|18|21|24|十二|十五|十八|二十一|二十四)个[词字]"
    r"|semilla|récupération|recuperación|recuperação|ニーモニック|シード|니모닉|시드|сид"
)

PHRASE_NAMES = re.compile(
    r"seed|mnemonic|phrase|bip[- ]?39|助记|助記|种子|種子|恢复词|恢復詞|密语|密語|单词|單詞"
    r"|词组|詞組|(?:12|15|18|21|24|十二|十五|十八|二十一|二十四)个[词字]"
)
"""Only what a phrase itself is called: Chinese chat is full of wallets and backups."""

KEY_WORDS = re.compile(
    r"priv(?:ate)?[ _-]?key|secret|(?<![a-z])(?:key|wif|pk|sk)(?![a-z])|seed|mnemonic|password"
    r"|私钥|私匙|私鑰|密钥|秘钥|密鑰|助记|助記|种子|種子|密码|密碼|口令|keystore"
)

TRANSACTION_WORDS = re.compile(
    r"(?<![a-z])tx(?![a-z])|txid|tx[ _-]?hash|txn|transaction|hash|deposit|withdr[ae]w|transfer"
    r"|block|explorer|confirm|payment|payout|refund|(?<![a-z])sent(?![a-z])|receiv|address|contract"
    r"|交易|哈希|雜湊|充值|充币|充幣|提现|提現|提币|提幣|转账|转帐|轉賬|轉帳|转出|转入|轉出|轉入"
    r"|区块|區塊|到账|到帳|到賬|链上|鏈上|流水|付款|单号|單號|地址|入账|入帳|入金|出金|打款|汇款"
    r"|打币|合约|回执|退款"
)

CLAUSE_END = re.compile(r"[.!?,](?=\s)|[\n。！？；;，]")
SENTENCE_END = re.compile(r"[.!?](?=\s)|[。！？；;]")


def before(lower: str, start: int, not_before: int = 0) -> str:
    """The text just before `start`, at most a short sentence, not reaching over `not_before`."""
    return lower[max(not_before, start - BEFORE_CHARS) : start]


def after(lower: str, end: int) -> str:
    """The rest of the clause behind `end`."""
    return CLAUSE_END.split(lower[end : end + AFTER_CHARS], maxsplit=1)[0]
