"""Secrets that exist once, and looking for any piece of them in files."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from mnemonic import Mnemonic

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
# So many words in a row, or characters of a key, are found nowhere by chance.
WORDS_TOGETHER = 4
CHARACTERS_TOGETHER = 20
ENGLISH, CHINESE = "english", "chinese_simplified"
CHUNK_BYTES = 1 << 20


class Canaries:
    """Makes secrets, each for one way in, and finds what became of them."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._pieces: dict[bytes, str] = {}
        self.ways: list[str] = []

    def phrase(self, way: str, words: int = 12, language: str = ENGLISH) -> str:
        """A valid BIP-39 phrase."""
        entropy = self._random.randbytes(words * 4 // 3)
        phrase = Mnemonic(language).to_mnemonic(entropy)
        separate = phrase.split()
        for start in range(len(separate) - WORDS_TOGETHER + 1):
            together = separate[start : start + WORDS_TOGETHER]
            for joint in (" ", "", "-", "_", "+", ","):
                self._watch(way, joint.join(together))
        self.ways.append(way)
        return phrase

    def private_key(self, way: str) -> str:
        """A Bitcoin key in wallet import format."""
        content = b"\x80" + self._random.randbytes(32)
        content += hashlib.sha256(hashlib.sha256(content).digest()).digest()[:4]
        number, key = int.from_bytes(content), ""
        while number:
            number, digit = divmod(number, 58)
            key = ALPHABET[digit] + key
        for start in range(len(key) - CHARACTERS_TOGETHER + 1):
            self._watch(way, key[start : start + CHARACTERS_TOGETHER])
        self.ways.append(way)
        return key

    def _watch(self, way: str, text: str) -> None:
        """As it is, as it stands in an address, and as JSON writes it."""
        for written in {text, quote(text), json.dumps(text)[1:-1]}:
            self._pieces[written.lower().encode()] = way

    def find_in(self, content: bytes) -> list[str]:
        """The ways whose secret stands in it, in whole or in part."""
        lower = content.lower()
        return sorted({way for piece, way in self._pieces.items() if piece in lower})

    def find_in_files(self, folder: Path) -> list[str]:
        """ "file: way" of each leak in the folder."""
        return [
            f"{path.relative_to(folder)}: {way}"
            for path in files_of(folder)
            for way in self.find_in(path.read_bytes())
        ]


def files_of(folder: Path) -> Iterator[Path]:
    """Every file below it; sockets are none."""
    return (path for path in sorted(folder.rglob("*")) if path.is_file())
