"""`bitp redact`: text on stdin, the same text with secrets masked on stdout."""

from __future__ import annotations

import argparse
import json
import sys
from typing import NoReturn

from bitp.policies.secrets import Redacted, redact

INPUT_BYTES_MAX = 10_000_000
"""Ten megabytes: a long chat export. More belongs in parts."""

DESCRIPTION = (
    "Reads text on stdin and writes it to stdout with every secret masked: seed phrases, private "
    "keys, authenticator and API secrets, one-time codes, card, identity and bank account numbers. "
    "A mask reads ⟦removed:KIND:LENGTH⟧. Nothing is stored and nothing leaves this machine."
)


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")


def main(argv: list[str]) -> int:
    """0, or 1 after one line on stderr when the input is not text or too long."""
    arguments = _parser().parse_args(argv)
    content = sys.stdin.buffer.read(INPUT_BYTES_MAX + 1)
    if len(content) > INPUT_BYTES_MAX:
        return _fail(
            f"the input is longer than {INPUT_BYTES_MAX // 1_000_000} MB; send it in parts"
        )
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        return _fail(f"the input is not UTF-8 text (byte {error.start})")
    redacted = redact(text, known_txids=frozenset(_plain(txid) for txid in arguments.txid))
    written = _as_json(redacted) + "\n" if arguments.json else redacted.text
    sys.stdout.buffer.write(written.encode("utf-8"))
    sys.stdout.buffer.flush()
    return 0


def _parser() -> Parser:
    parser = Parser(prog="bitp redact", description=DESCRIPTION)
    parser.add_argument(
        "--json", action="store_true", help="write the masked text and the findings as JSON"
    )
    parser.add_argument(
        "--txid",
        action="append",
        default=[],
        metavar="HEX",
        help="a transaction that stays readable; may be repeated",
    )
    return parser


def _plain(txid: str) -> str:
    return txid.lower().removeprefix("0x")


def _as_json(redacted: Redacted) -> str:
    findings = [
        {
            "kind": finding.kind,
            "start": finding.start,
            "end": finding.end,
            "length": finding.length,
            "grade": finding.grade,
        }
        for finding in redacted.findings
    ]
    return json.dumps({"text": redacted.text, "findings": findings}, ensure_ascii=False)


def _fail(sentence: str) -> int:
    print(f"bitp redact: {sentence}", file=sys.stderr)
    return 1
