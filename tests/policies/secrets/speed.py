"""What redaction costs: `python -m tests.policies.secrets.speed` prints microseconds a message."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from statistics import median

from bitp.policies.secrets import redact
from tests.policies.secrets.clean import filled, lines_of
from tests.policies.secrets.lot import Lot
from tests.policies.secrets.phrases import phrase

MESSAGES = 400
CHARACTERS = 120
ROUNDS = 15


def mixed_bodies(lot: Lot) -> list[str]:
    """Chats of both languages, cut at 120 characters; nothing on seeds, one in eight with an id."""
    plain = [
        line
        for name in ("chinese_chat", "mixed_chat", "english_chat")
        for line in lines_of(name)
        if not any(word in line for word in ("助记", "{txid}", "{ethtx}", "{address}"))
    ]
    with_id = [line for line in lines_of("mixed_chat") if "{txid}" in line or "{address}" in line]
    return [_body(lot, plain, with_id if n % 8 == 0 else plain) for n in range(MESSAGES)]


def _body(lot: Lot, plain: Sequence[str], first: Sequence[str]) -> str:
    body = filled(lot, lot.pick(first))
    while len(body) < CHARACTERS:
        body += " " + filled(lot, lot.pick(plain))
    return body[:CHARACTERS]


def microseconds(texts: Sequence[str]) -> float:
    """The best of several rounds, per text: the least disturbed one."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        for text in texts:
            redact(text)
        best = min(best, time.process_time() - start)
    return best / len(texts) * 1e6


if __name__ == "__main__":
    lot = Lot("speed")
    bodies = mixed_bodies(lot)
    phrases = [" ".join(phrase(lot, "english", 12)) for _ in range(MESSAGES)]
    figures = {
        "mixed_us": round(microseconds(bodies), 1),
        "mixed_median_us": round(median(microseconds([body]) for body in bodies[:100]), 1),
        "seed_phrase_us": round(microseconds(phrases), 1),
    }
    print(json.dumps({"bench": "redaction", "characters": CHARACTERS, "figures": figures}))
